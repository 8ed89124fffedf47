"""The app over the local authority, under a name that is safe by TLS alone."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Error

from infra.tls import issue
from tests.browser.conftest import QUIET, SHELL
from tests.browser.phones import Phone, cleared, scans_of
from tests.integration.conftest import Served
from tests.passes import stage

pytestmark = pytest.mark.browser
NAME = "county.example"
MAPPED = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    files = issue(folder / "secrets" / "tls", [NAME], datetime.now(UTC))
    made = Served(folder, tls=files)
    stage(made)
    cleared(made, ["鲁X05001"])
    made.files = files
    yield made
    made.stop()


def launched(chromium, *args):
    args = [*QUIET, MAPPED, *args]
    return chromium.browser_type.launch(executable_path=SHELL, args=args)


def trusting(files):
    """As if the authority had been installed: its key, and no other, is trusted."""
    authority = x509.load_pem_x509_certificate(files.ca.read_bytes())
    key = authority.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    return f"--ignore-certificate-errors-spki-list={pin}"


def address(served, scheme="https"):
    return f"{scheme}://{NAME}:{served.url.rpartition(':')[2]}"


def test_a_phone_that_trusts_the_authority_has_everything(chromium, served):
    browser = launched(chromium, trusting(served.files))
    phone = Phone(browser, served, at=address(served))
    phone.page.goto("/checkpoint")
    phone.page.locator("#gate", has_text="尚未启用").wait_for()
    phone.device = phone.enrol()

    phone.context.set_offline(True)
    phone.page.reload()
    phone.page.locator("#freshness", has_text="1 辆").wait_for()
    assert phone.by_plate("鲁X05001") == ("green", "ok")
    phone.page.click("[data-act=stop]")
    phone.decide("admitted")
    phone.context.set_offline(False)
    phone.until_sent()

    phone.page.goto(f"{address(served)}/trust")
    phone.page.locator("#fingerprint", has_text=":").wait_for()
    phone.close()
    browser.close()
    assert [scan.plate for scan in scans_of(served)] == ["鲁X05001"]


def test_a_phone_that_does_not_is_stopped_by_its_browser(chromium, served):
    browser = launched(chromium)
    page = browser.new_page()

    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(f"{address(served)}/checkpoint")
    browser.close()


def test_without_https_the_page_says_what_is_missing(chromium, tmp_path):
    plain = Served(tmp_path)
    browser = launched(chromium)
    page = browser.new_page()

    page.goto(f"{address(plain, 'http')}/checkpoint#an-id.and-its-secret")

    page.locator("#gate", has_text="连接不安全").wait_for()
    assert page.get_attribute("#gate a", "href") == "/trust"
    page.goto(f"{address(plain, 'http')}/trust")
    page.locator("#none", has_text="没有自己的证书").wait_for()
    browser.close()
    plain.stop()
