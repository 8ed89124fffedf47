"""The API against its own OpenAPI: whatever is sent, never a server error.

Other requests with each run: FUZZ_SEED=… makes those of a run that failed again.
"""

import os
import secrets

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
LEAST = {GenerationMode.POSITIVE: 80, GenerationMode.NEGATIVE: 50}
SEED = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(10**6))


def bounded(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


# The node runs in this process: its threads roll dice meanwhile, for jitter.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.parametrize("mode", EXAMPLES, ids=lambda mode: mode.value)
def test_nothing_that_is_sent_breaks_the_server(served, mode):
    print(f"FUZZ_SEED={SEED}")
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    headers = {"Authorization": f"Bearer {served.keys['operator']}"}
    seen = set()

    for found in schema.get_all_operations():
        operation = found.ok()
        media = {body.media_type for body in operation.body}
        if mode is GenerationMode.NEGATIVE and media != {"application/json"}:
            continue  # nothing is wrong in a path or file that is any text or bytes
        cases = operation.as_strategy(generation_mode=mode)
        if send_everything(operation.label, cases, mode, served.url, headers):
            seen.add(operation.label)

    health = served.client().get("/health").json()
    assert len(seen) > LEAST[mode]
    assert health["degraded"] == [], health["views"]


def send_everything(label, cases, mode, url, headers):
    @seed(SEED)
    @bounded(EXAMPLES[mode])
    @given(case=cases)
    def send(case):
        answer = case.call(base_url=url, headers=headers)
        told = f"FUZZ_SEED={SEED} {label}: {case.body!r} {answer.content!r}"
        assert answer.status_code < 500 or answer.json()["code"] == "behind", told

    try:
        send()
    except Unsatisfiable:
        return False  # nothing that is sent there is against its schema
    return True
