"""People make an account, sign in and out, keep tokens and links; guessing a password is slow."""

import re

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from replays import sharing
from replays.models import AccessToken, ShareCode
from replays.tokens import find_token, make_token

LOGIN = "/accounts/login/"
PASSWORD = "a long word of ada"


def sign_in(client, name="ada", password=PASSWORD, **headers):
    body = {"login": name, "password": password}
    return client.post(LOGIN, body, headers={"Accept": "text/html"} | headers)


def signed_in(client):
    return "_auth_user_id" in client.session


# In and out


def test_an_account_is_a_name_and_a_password(client, db):
    word = "eleven green mice"
    body = {"username": "zoe", "password1": word, "password2": word}
    answer = client.post("/accounts/signup/", body)
    assert answer.headers["Location"] == "/account"
    assert signed_in(client)
    assert get_user_model().objects.get(username="zoe").email == ""


@pytest.mark.parametrize(
    ("name", "word"),
    [("zoe", "123"), ("zoe", "password"), ("z", "eleven green mice"), ("ada", "x y z q w e")],
)
def test_a_weak_password_or_a_taken_name_is_refused_in_words(client, ada, name, word):
    body = {"username": name, "password1": word, "password2": word}
    answer = client.post("/accounts/signup/", body)
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert not signed_in(client)


def test_one_signs_in_and_out(client, ada):
    assert sign_in(client).headers["Location"] == "/account"
    assert signed_in(client)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert not signed_in(client)


def test_one_comes_back_to_where_one_was_but_never_elsewhere(client, ada):
    body = {"login": "ada", "password": PASSWORD}
    there = client.post(LOGIN, body | {"next": "/replay?shard=x"})
    assert there.headers["Location"] == "/replay?shard=x"
    client.logout()
    elsewhere = client.post(LOGIN, body | {"next": "https://evil.example/"})
    assert elsewhere.headers["Location"] == "/account"


def test_a_banned_user_is_let_in_nowhere(client, ada, record):
    token = make_token(ada, "play")
    client.force_login(ada)
    ada.is_active = False
    ada.save()
    assert client.get("/account").status_code == 302
    assert find_token(token) is None
    client.logout()
    assert sign_in(client).headers.get("Location") == "/accounts/inactive/"
    assert not signed_in(client)


@pytest.mark.parametrize("page", ["login", "signup", "password/change", "2fa", "logout"])
def test_the_pages_of_accounts_look_like_ours(client, ada, page):
    if page not in ("login", "signup"):
        client.force_login(ada)
    answer = client.get(f"/accounts/{page}/")
    content = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="site-header"' in content
    assert not re.search(r"<script(?![^>]*(src=|application/json))|<style| style=", content)


def test_a_long_name_stays_on_the_phone(page_of, django_user_model):
    name = "ada_lovelace_of_the_analytical_engine"
    page = page_of(
        django_user_model.objects.create_user(name), viewport={"width": 390, "height": 844}
    )
    page.goto("/account")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".site-side summary").click()
    assert page.get_by_role("link", name="Account").is_visible()


@pytest.mark.parametrize(
    "page", ["email/", "password/reset/", "password/reset/done/", "confirm-email/x/", "login/code/"]
)
def test_there_is_nothing_about_e_mail(client, ada, page):
    client.force_login(ada)
    assert client.get(f"/accounts/{page}").status_code == 404
    client.logout()
    assert "password/reset" not in client.get(LOGIN).content.decode()


def test_a_password_is_changed_by_who_knows_it(client, ada):
    client.force_login(ada)
    new = "twelve blue foxes"
    body = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", body).status_code == 200
    body["oldpassword"] = PASSWORD
    assert client.post("/accounts/password/change/", body).status_code == 302
    assert signed_in(client)
    ada.refresh_from_db()
    assert ada.check_password(new)


def test_a_second_factor_is_asked_for_once_it_is_set_up(client, ada):
    sign_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]* value="([A-Z2-7]+)"', page)[1]
    code = code_of(secret)
    assert client.post("/accounts/2fa/totp/activate/", {"code": code}).status_code == 302
    spare = client.get("/accounts/2fa/recovery-codes/download/").content.decode().split()[-1]
    client.post("/accounts/logout/")
    assert sign_in(client).headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not signed_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": spare}).status_code == 302
    assert signed_in(client)


def test_setting_up_a_second_factor_asks_for_the_password_again(client, ada):
    client.force_login(ada)
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    page = client.get(answer.headers["Location"]).content.decode()
    assert 'class="site-header"' in page
    body = {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"}
    answer = client.post("/accounts/reauthenticate/", body)
    assert answer.headers["Location"] == "/accounts/2fa/totp/activate/"


def code_of(secret):
    """Return what an authenticator app shows now."""
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


# Guessing is slow


def test_an_address_may_try_five_times_a_minute(client, ada, bob):
    answers = [sign_in(client, name, "wrong") for name in ("ada", "bob", "x", "y", "z")]
    assert {answer.status_code for answer in answers} == {200}
    too_often = sign_in(client)
    assert too_often.status_code == 429
    assert int(too_often["Retry-After"]) > 0
    assert "<h1>" in too_often.content.decode()
    assert not signed_in(client)
    client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert sign_in(client).status_code == 302


def test_an_account_may_be_tried_ten_times_an_hour_from_wherever(client, ada, settings):
    settings.ALLOWED_HOSTS = ["*"]
    names = ["ada", "ADA", " ada ", "Ada", "\uff41\uff44\uff41", "ada", "aDa", "ada", "ada", "ada"]
    for number, name in enumerate(names):
        client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        answer = sign_in(client, name, "wrong", host=f"host-{number}:{8000 + number}")
        assert answer.status_code == 200, name
    client.defaults["REMOTE_ADDR"] = "203.0.113.99"
    assert sign_in(client).status_code == 429
    assert not signed_in(client)
    assert sign_in(client, "bob", "wrong").status_code == 200


def test_neighbours_in_an_ipv6_network_share_a_limit(client, db):
    statuses = []
    for number in range(6):
        client.defaults["REMOTE_ADDR"] = f"2001:db8::{number + 1}"
        statuses.append(sign_in(client, f"name-{number}", "wrong").status_code)
    assert statuses == [200] * 5 + [429]


def test_the_admin_is_entered_by_the_same_limited_door(client, mo):
    answer = client.get("/admin/login/")
    assert answer.headers["Location"].startswith(LOGIN)
    body = {"username": "mo", "password": "a long word of mo"}
    assert client.post("/admin/login/", body).headers["Location"].startswith(LOGIN)
    assert not signed_in(client)


# The account page


def test_the_account_page_is_for_who_is_signed_in(client, db):
    assert client.get("/account").headers["Location"] == f"{LOGIN}?next=/account"


def test_a_token_is_shown_once_and_revoked(client, ada):
    client.force_login(ada)
    page = client.post("/account/tokens", {"name": "my trainer", "scope": "push"})
    token = re.search(r'id="new-token"[^>]* value="([^"]+)"', page.content.decode())[1]
    assert "no-store" in page["Cache-Control"]
    found = find_token(token)
    assert (found.user, found.scope, found.name) == (ada, "push", "my trainer")
    again = client.get("/account").content.decode()
    assert token not in again
    assert "my trainer" in again
    assert client.post(f"/account/tokens/{found.pk}/revoke").status_code == 302
    assert find_token(token) is None
    assert found.prefix not in client.get("/account").content.decode()


@pytest.mark.parametrize(
    "body", [{}, {"name": "x", "scope": "admin"}, {"name": "", "scope": "read"},
             {"name": "x" * 61, "scope": "read"}, {"name": "a\0b", "scope": "read"}]
)  # fmt: skip
def test_a_token_that_cannot_be_is_refused_in_words(client, ada, body):
    client.force_login(ada)
    answer = client.post("/account/tokens", body)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not AccessToken.objects.exists()


def test_the_addresses_of_forms_lead_to_their_pages(client, ada):
    """Whoever loads a page again that answered a form, or comes back to its address."""
    client.force_login(ada)
    assert client.get("/account/tokens").url == "/account#tokens"
    assert client.get("/account/call-sign").url == "/account/history"


def test_a_new_token_and_a_link_are_copied_by_a_button(page_of, ada, record):
    page = page_of(ada, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/account")
    page.get_by_label("Name").fill("trainer")
    page.get_by_role("button", name="Make a token").click()
    page.get_by_role("button", name="Copy the token").click()
    page.get_by_role("button", name="Copied").wait_for()
    token = page.locator("#new-token").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == token
    link = sharing.make_share(record(3), ada)
    page.goto(f"/account/links/{link.code}")
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/replay/{link.code}")


def test_tokens_and_links_are_revoked_by_their_owner_alone(client, record, ada, eve):
    make_token(ada, "read")
    link = sharing.make_share(record(5), ada)
    token = AccessToken.objects.get()
    addresses = (f"/account/tokens/{token.pk}/revoke", f"/account/links/{link.code}/revoke")
    client.force_login(eve)
    assert [client.post(address).status_code for address in addresses] == [404, 404]
    assert [client.get(address).status_code for address in addresses] == [405, 405]
    client.force_login(ada)
    assert [client.post(address).status_code for address in addresses] == [302, 302]
    assert ShareCode.objects.open().count() == 0


def test_the_account_page_lists_ones_own_and_nobody_elses(client, record, ada, eve):
    mine = record(5, owner=ada, title="Mine", visibility="private")
    hers = record(5, owner=eve, title="Hers")
    link, other = (sharing.make_share(s, s.owner, title=f"To {s}") for s in (mine, hers))
    client.force_login(ada)
    page = client.get("/account").content.decode()
    assert link.code in page
    assert "Mine" in page
    assert "you alone" in page
    assert other.code not in page
    assert "Hers" not in page


def test_many_links_cost_no_query_each(client, record, ada, django_assert_max_num_queries):
    shard = record(3, owner=ada)
    for _ in range(20):
        sharing.make_share(shard, ada)
    client.force_login(ada)
    with django_assert_max_num_queries(8):
        client.get("/account")


# Commands


def test_make_token_prints_the_token_alone(ada, capsys):
    call_command("make_token", "ada", "--scope", "push", "--name", "trainer")
    found = find_token(capsys.readouterr().out.strip())
    assert (found.user, found.scope, found.name) == (ada, "push", "trainer")


def test_make_token_says_what_is_wrong(ada):
    with pytest.raises(CommandError, match="no active user 'nobody'"):
        call_command("make_token", "nobody", "--scope", "push")
    with pytest.raises(CommandError):
        call_command("make_token", "ada", "--scope", "admin")


def test_a_superuser_is_made_as_anywhere(client, db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long word of root")
    call_command("createsuperuser", "--no-input", username="root", email="", verbosity=0)
    assert sign_in(client, "root", "a long word of root").status_code == 302
    assert client.get("/admin/").status_code == 200
