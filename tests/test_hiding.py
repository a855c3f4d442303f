"""A moderator hides a shard in the admin, and it is gone wherever it was."""

import pytest
from playwright.sync_api import expect

from replays.models import ShareCode
from tests.live_site import running_site
from tests.test_viewer import host, live_shard, tick_of, wait_until

__all__ = ["host"]


@pytest.fixture
def live_site(transactional_db, tmp_path_factory):
    """A site of this test alone: the admin keeps the ids of content types, which tests renew."""
    with running_site(tmp_path_factory) as address:
        yield address


def test_a_hidden_shard_is_gone_from_open_pages_links_and_lists(
    live_site, host, page, ada, admin_user, page_of
):
    shard = live_shard()
    code = ShareCode.objects.create(shard=shard, created_by=ada, tick=9).code
    page.goto(f"{live_site}/spectate/{shard.pk}")
    wait_until(lambda: tick_of(page) >= 40)
    desk = page_of(admin_user)
    desk.goto(f"{live_site}/admin/replays/replayshard/")
    desk.locator(f"input[name=_selected_action][value='{shard.pk}']").check()
    desk.locator("select[name=action]").select_option("hide")
    desk.get_by_role("button", name="Go").click()
    expect(desk.locator(".messagelist")).to_be_visible()
    wait_until(lambda: page.locator("#status-words").inner_text().strip() != "")
    for path in (f"/replay?shard={shard.pk}", f"/replay/{code}", f"/replays/{shard.pk}"):
        assert page.request.get(live_site + path).status == 404
    assert str(shard.pk) not in page.request.get(f"{live_site}/replays").text()
