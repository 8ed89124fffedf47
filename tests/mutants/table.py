"""Each mutant: the threat, the defence that is taken away, where, and who must notice.

`old` stands once in `file` and becomes `new`; `test` is what pytest is asked to run.
"""

from typing import NamedTuple

VECTORS = "tests/unit/passes/test_vectors.py"
LISTS = "tests/unit/passes/test_lists.py"
BROWSER = "tests/browser/test_passes_offline.py"
FINDINGS = "tests/unit/domain/test_findings.py"
PASSES = "tests/unit/domain/test_passes.py"
VERDICT = "tests/browser/test_checkpoint_verdict.py"
SIGNED = "tests/integration/test_passes_signed.py"
SESSIONS = "tests/integration/test_api_sessions.py"
ACCESS = "tests/integration/test_api_access.py"
PERSONS = "tests/integration/test_persons.py"
PRIVACY = "tests/integration/test_cli_privacy.py"
ENVELOPE_PY, ENVELOPE_JS = (
    "infra/passes/envelope.py",
    "web/modules/passes/envelope.js",
)
OPENER_PY, OPENER_JS = "infra/passes/opener.py", "web/modules/passes/open.js"
RULES, SECURITY = "domain/findings/rules.py", "api/security.py"


class Mutant(NamedTuple):
    threat: int
    defence: str
    file: str
    old: str
    new: str
    file_of_test: str
    name: str
    red: tuple[int, ...] = (1,)
    """What pytest says where a test failed; a file it cannot read proves nothing."""

    @property
    def test(self) -> str:
        return f"{self.file_of_test}::{self.name}"

    @property
    def tests(self) -> tuple[str, ...]:
        return (self.test,)

    def changed(self, text: str) -> str:
        return text.replace(self.old, self.new)


OPENERS = (
    Mutant(
        1,
        "the signature is verified (Python)",
        ENVELOPE_PY,
        '        raise Refused("signature") from None',
        "        pass",
        VECTORS,
        "test_a_pass_is_judged_as_the_vectors_say",
    ),
    Mutant(
        1,
        "the signature is verified (browser)",
        ENVELOPE_JS,
        'if (!(await crypto.subtle.verify(ES256, entry.key, signature, signed))) refuse("signature");',  # noqa: E501
        "",
        BROWSER,
        "test_the_browser_judges_every_pass_as_the_vectors_say",
    ),
    Mutant(
        1,
        "the header is ours to the byte: alg, kid, kind (Python)",
        ENVELOPE_PY,
        "if protected == wanted and len(kid) == KID_BYTES:",
        "if len(kid) == KID_BYTES:",
        VECTORS,
        "test_a_pass_is_judged_as_the_vectors_say",
    ),
    Mutant(
        1,
        "the header is ours to the byte: alg, kid, kind (browser)",
        ENVELOPE_JS,
        "if (kid.length === 8 && equal(protectedHeader, wanted)) return hex(kid);",
        "if (kid.length === 8) return hex(kid);",
        BROWSER,
        "test_the_browser_judges_every_pass_as_the_vectors_say",
    ),
    Mutant(
        1,
        "a key signs for its own issuer alone (Python)",
        OPENER_PY,
        "if a_pass.issuer != key.issuer or a_pass.division != key.division:",
        "if False:",
        VECTORS,
        "test_a_pass_is_judged_as_the_vectors_say",
    ),
    Mutant(
        1,
        "a key signs for its own issuer alone (browser)",
        OPENER_JS,
        'if (pass.issuer !== key.issuer || pass.division !== key.division) refuse("issuer");',  # noqa: E501
        "",
        BROWSER,
        "test_the_browser_judges_every_pass_as_the_vectors_say",
    ),
    Mutant(
        2,
        "a pass ends (Python)",
        OPENER_PY,
        '        return "expired"',
        '        return ""',
        VECTORS,
        "test_a_pass_is_judged_as_the_vectors_say",
    ),
    Mutant(
        2,
        "a pass ends (browser)",
        OPENER_JS,
        'if (!(now < pass.validUntil + LEEWAY)) return "expired";',
        "",
        BROWSER,
        "test_the_browser_judges_every_pass_as_the_vectors_say",
    ),
    Mutant(
        2,
        "a pass begins (Python)",
        OPENER_PY,
        '        return "early"',
        '        return ""',
        VECTORS,
        "test_a_pass_is_judged_as_the_vectors_say",
    ),
    Mutant(
        2,
        "a pass begins (browser)",
        OPENER_JS,
        'return now < Math.max(pass.validFrom, pass.issuedAt) - LEEWAY ? "early" : "";',
        'return "";',
        BROWSER,
        "test_the_browser_judges_every_pass_as_the_vectors_say",
    ),
    Mutant(
        2,
        "a key signs within its own time (Python)",
        OPENER_PY,
        "if not key.may_sign_at(a_pass.issued, LEEWAY_SECONDS):",
        "if False:",
        VECTORS,
        "test_a_pass_is_judged_as_the_vectors_say",
    ),
    Mutant(
        2,
        "a key signs within its own time (browser)",
        OPENER_JS,
        'if (!maySignAt(key, pass.issuedAt)) refuse("key-window");',
        "",
        BROWSER,
        "test_the_browser_judges_every_pass_as_the_vectors_say",
    ),
    Mutant(
        3,
        "claims are read from the signed bytes in one form only (Python)",
        ENVELOPE_PY,
        "is_ours = is_ours and cbor2.dumps(claims, canonical=True) == payload",
        "is_ours = is_ours",
        VECTORS,
        "test_a_pass_is_judged_as_the_vectors_say",
    ),
    Mutant(
        3,
        "claims are read from the signed bytes in one form only (browser)",
        "web/modules/passes/cbor.js",
        'if (before && !isBefore(before, written)) refuse("claims", "keys out of order");',  # noqa: E501
        "",
        BROWSER,
        "test_the_browser_judges_every_pass_as_the_vectors_say",
    ),
    Mutant(
        12,
        "no list goes back (Python)",
        "infra/passes/trust.py",
        "if version < last_version:",
        "if False:",
        LISTS,
        "test_no_list_goes_back_to_an_older_version",
    ),
    Mutant(
        12,
        "no list goes back (browser)",
        "web/modules/passes/claims.js",
        'return version < lastVersion ? refuse("rollback", `${version} after ${lastVersion}`) : version;',  # noqa: E501
        "return version;",
        BROWSER,
        "test_the_browser_judges_every_list_as_the_vectors_say",
    ),
    Mutant(
        12,
        "only a key for lists signs lists (Python)",
        "infra/passes/status.py",
        "if issuer != LISTS:",
        "if False:",
        LISTS,
        "test_only_a_key_for_lists_signs_lists",
    ),
    Mutant(
        12,
        "only a key for lists signs a sheet (browser)",
        "web/modules/passes/sheet.js",
        'if (key.issuer !== LISTS) refuse("issuer");',
        "",
        BROWSER,
        "test_the_browser_judges_every_list_as_the_vectors_say",
    ),
    Mutant(
        12,
        "the age of a list is part of the verdict",
        "web/modules/checkpoint/verdict.js",
        'age(seen, known) > LISTS_HOLD) yield "lists_old";',
        'false) yield "lists_old";',
        VERDICT,
        "test_a_verdict_by_what_the_sheet_says_and_how_old_it_is",
    ),
)
AT_THE_BARRIER = (
    Mutant(
        4,
        "the plate on the truck is the pass's",
        "web/modules/checkpoint/verdict.js",
        'yield "plate_mismatch";',
        "yield null;",
        VERDICT,
        "test_a_verdict_has_one_reason",
    ),
    Mutant(
        4,
        "a second scan within ten minutes is amber",
        "web/modules/checkpoint/verdict.js",
        'if (facts.scannedBefore !== null) yield "scanned_twice";',
        "",
        VERDICT,
        "test_a_verdict_has_one_reason",
    ),
    Mutant(
        4,
        "a pass on another plate is a finding",
        RULES,
        "    yield from _two_plates(number, seen, scene)",
        "    yield from ()",
        FINDINGS,
        "test_a_pass_on_another_plate_is_found_without_its_own_ever_being_seen",
    ),
    Mutant(
        4,
        "a lorry at two posts at once is a finding",
        RULES,
        "        yield from _too_fast(who, earlier, later, scene)",
        "        yield from ()",
        FINDINGS,
        "test_no_lorry_is_at_two_posts_at_once",
    ),
    Mutant(
        4,
        "a convoy behind one pass is a finding",
        RULES,
        "        yield from _double(who, earlier, later)",
        "        yield from ()",
        FINDINGS,
        "test_one_plate_let_through_twice_within_minutes_is_a_double_scan",
    ),
    Mutant(
        10,
        "a scan by a phone that nobody enrolled is a finding",
        RULES,
        "    elif not phone.is_enrolled:",
        "    elif False:",
        FINDINGS,
        "test_an_unknown_and_a_revoked_phone_are_found",
    ),
    Mutant(
        10,
        "numbers that are missing are a finding",
        RULES,
        "    for before, after in gaps(phone.runs):",
        "    for before, after in ():",
        FINDINGS,
        "test_a_gap_in_a_phones_sequence_stands_until_the_missing_arrive",
    ),
    Mutant(
        11,
        "a lost phone's session ends with the phone",
        SECURITY,
        "            is_over = device is not None and device.is_revoked",
        "            is_over = False",
        "tests/integration/test_checkpoint_app.py",
        "test_a_revoked_device_is_told_so_and_its_pin_opens_nothing",
    ),
    Mutant(
        11,
        "a scan of a revoked phone is a finding",
        RULES,
        "    if is_still_used or one.is_of_revoked:",
        "    if False:",
        FINDINGS,
        "test_an_unknown_and_a_revoked_phone_are_found",
    ),
    Mutant(
        11,
        "the app is told that its phone was revoked",
        "web/modules/checkpoint/sync.js",
        '(ENDED[told.code] ?? "signed_out")',
        '"signed_out"',
        "tests/browser/test_checkpoint_offline.py",
        "test_a_device_that_was_revoked_offline_keeps_and_exports_its_scans",
    ),
)
AT_THE_DOOR = (
    Mutant(
        5,
        "a pass is its own firm's to read",
        "api/signed.py",
        "if found is None or not sender.reporter.may_speak_for(found.organisation):",
        "if found is None:",
        SIGNED,
        "test_another_firm_does_not_see_a_pass",
    ),
    Mutant(
        5,
        "a pass is its own firm's to change",
        "domain/passes.py",
        "    if not command.by.may_speak_for(a_pass.organisation):",
        "    if False:",
        PASSES,
        "test_another_firms_pass_looks_as_if_it_were_not_there",
    ),
    Mutant(
        6,
        "nobody decides their own organisation's",
        "domain/passes.py",
        "        raise OwnOrganisationError(msg)",
        "        pass",
        PASSES,
        "test_nobody_decides_for_their_own_organisation",
    ),
    Mutant(
        6,
        "a role opens its own routes",
        SECURITY,
        "        if not sender.reporter.roles & roles:",
        "        if False:",
        "tests/integration/test_api_writes.py",
        "test_a_route_admits_its_roles_and_no_others",
    ),
    Mutant(
        6,
        "a coordinator makes no reviewer",
        "domain/access.py",
        "    if beyond := sorted(set(roles) - given):",
        "    if beyond := sorted({Role.ADMIN} & set(roles) - given):",
        "tests/unit/domain/test_grants.py",
        "test_nobody_lets_in_as_more_than_is_theirs_to_give",
    ),
    Mutant(
        7,
        "a key is compared with its hash",
        SECURITY,
        "    return hmac.compare_digest(hash_secret(secret), secret_hash)",
        "    return True",
        SESSIONS,
        "test_a_key_without_its_secret_opens_nothing",
    ),
    Mutant(
        7,
        "a revoked key opens nothing",
        SECURITY,
        "if access is None or (access.is_revoked and secret is not None):",
        "if access is None:",
        ACCESS,
        "test_a_revoked_key_opens_nothing",
    ),
    Mutant(
        7,
        "a key ends",
        SECURITY,
        "            is_right &= access.expires_time > self._services.wall_clock()",
        "            is_right &= True",
        ACCESS,
        "test_a_key_ends_with_its_time",
    ),
    Mutant(
        7,
        "of a key only the hash is kept",
        SECURITY,
        "    return hashlib.sha256(secret.encode()).hexdigest()",
        "    return secret",
        ACCESS,
        "test_of_a_key_only_the_hash_is_kept",
    ),
    Mutant(
        8,
        "who guesses keys is slowed down",
        SECURITY,
        "        if not self._limits.hit(FAILURES, ",
        "        if False and not self._limits.hit(FAILURES, ",
        ACCESS,
        "test_who_guesses_keys_is_slowed_down",
    ),
    Mutant(
        8,
        "who floods is slowed down",
        SECURITY,
        "        if not self._limits.hit(REQUESTS, sender.reporter.id):",
        "        if False:",
        ACCESS,
        "test_a_key_that_floods_is_told_to_slow_down",
    ),
    Mutant(
        8,
        "a PIN is tried five times",
        SECURITY,
        '        if not self._limits.hit(PIN_TRIES, "pin", access_id):',
        "        if False:",
        SESSIONS,
        "test_a_pin_reopens_and_five_wrong_ones_stop",
    ),
    Mutant(
        8,
        "who guesses short codes is slowed down",
        SECURITY,
        "        if not self._limits.hit(rate, what, _address(request)):",
        "        if False:",
        SIGNED,
        "test_who_guesses_short_codes_is_slowed_down",
    ),
    Mutant(
        9,
        "a checkpoint reads no persons",
        "api/routes/__init__.py",
        "READERS = REVIEWERS | {Role.FIRM}",
        "READERS = REVIEWERS | {Role.FIRM, Role.CHECKPOINT}",
        PERSONS,
        "test_who_has_no_business_with_the_persons_does_not_read_them",
    ),
    Mutant(
        9,
        "who reads a person is in the log",
        "domain/person.py",
        '        if not _is_erased(load(stream := f"person:{person.subject}"))',
        "        if not load(stream := f'person:{person.subject}')",
        PERSONS,
        "test_reading_is_in_the_log_with_reader_and_purpose",
    ),
    Mutant(
        15,
        "persons are sealed",
        "infra/vault/keyring.py",
        "    return nonce + cipher.encrypt(nonce, text, bound_to.encode())",
        "    return nonce + text + cipher.encrypt(nonce, text, bound_to.encode())",
        PERSONS,
        "test_nothing_of_a_person_can_be_read_on_the_disk",
    ),
    Mutant(
        15,
        "keys of persons are wrapped by the master key",
        "infra/vault/keyring.py",
        "            self._ready = {kek: AESGCM(self._keks.read(kek).key)}",
        "            self._ready = {kek: AESGCM(bytes(32))}",
        "tests/unit/vault/test_keyring.py",
        "test_keys_are_of_no_use_without_the_master_key",
    ),
    Mutant(
        15,
        "an erased key is gone from the disk",
        "infra/vault/sqlite_store.py",
        "ON CONFLICT (subject) DO UPDATE SET kek = NULL, wrapped = NULL",
        "ON CONFLICT (subject) DO NOTHING",
        PRIVACY,
        "test_after_erasure_and_rotation_nothing_of_a_person_is_in_any_file",
    ),
    Mutant(
        15,
        "the old master key is destroyed",
        "infra/vault/rotation.py",
        "        keks.destroy(each)",
        "        pass",
        PRIVACY,
        "test_what_a_backup_of_the_keys_opens_ends_with_the_rotation",
    ),
)
MUTANTS = (*OPENERS, *AT_THE_BARRIER, *AT_THE_DOOR)
