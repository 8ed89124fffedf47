"""A device that several people use: nobody is shown what another one typed."""

import pytest

from tests.browser.conftest import sign_in
from tests.browser.forms import at_form, fill, served

pytestmark = pytest.mark.browser
__all__ = ["at_form", "served"]
KEPT = """async () => {
  const drafts = await import("/modules/apply/drafts.js");
  return (await drafts.all()).map((draft) => draft.fields["driver.name"]);
}"""
AS_AN_EARLIER_VERSION_KEPT_IT = """async () => {
  const drafts = await import("/modules/apply/drafts.js");
  for (const { whose, ...draft } of await drafts.all()) await drafts.save(draft);
}"""


def kept(page, plate):
    fill(page, plate)
    page.wait_for_timeout(600)
    assert page.evaluate(KEPT) == ["王小明"]


def test_who_wrote_a_draft_finds_it_again_and_nobody_else_does(at_form, invite):
    kept(at_form, "鲁C72001")
    at_form.reload()
    at_form.locator("#kept p", has_text="鲁C72001").wait_for()

    sign_in(at_form, invite("firm", organisation="firm"), "/apply")
    at_form.locator("#new:enabled").wait_for()

    assert at_form.locator("#kept p").count() == 0
    assert at_form.evaluate(KEPT) == []


def test_a_draft_of_an_earlier_version_stays_with_who_was_there_last(at_form, invite):
    kept(at_form, "鲁C72002")
    at_form.evaluate(AS_AN_EARLIER_VERSION_KEPT_IT)

    at_form.reload()
    at_form.locator("#kept p", has_text="鲁C72002").wait_for()
    sign_in(at_form, invite("firm", organisation="firm"), "/apply")
    at_form.locator("#new:enabled").wait_for()

    assert at_form.evaluate(KEPT) == []


def test_who_signs_in_for_other_work_leaves_no_draft_behind(at_form, invite):
    kept(at_form, "鲁C72003")
    other = at_form.context.new_page()
    other.goto(invite("reviewer"))
    other.locator("#enter:enabled").click()
    other.wait_for_url("**/desk")

    assert other.evaluate(KEPT) == []
    at_form.locator("#editor").wait_for(state="hidden")
    assert at_form.locator("#kept p").count() == 0
