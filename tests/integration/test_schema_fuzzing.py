"""The API against its own OpenAPI: whatever is sent, never a server error."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

EXAMPLES = 5
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# The node runs in this process: its threads roll dice meanwhile, for jitter.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
def test_nothing_that_is_sent_breaks_the_server(served):
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    headers = {"Authorization": f"Bearer {served.keys['operator']}"}
    seen = set()

    for found in schema.get_all_operations():
        operation = found.ok()
        send_everything(operation, served.url, headers)
        seen.add(operation.label)

    assert len(seen) > 80


def send_everything(operation, url, headers):
    @BOUNDED
    @given(case=operation.as_strategy())
    def send(case):
        answer = case.call(base_url=url, headers=headers)
        told = f"{operation.label}: {case.body!r} {answer.content!r}"
        assert answer.status_code < 500 or answer.json()["code"] == "behind", told

    send()
