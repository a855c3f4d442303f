"""How people sign in: by name and password, so often an address, so often an account."""

import unicodedata
from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from replays.limits import address, spend


class AccountAdapter(DefaultAccountAdapter):
    """Count every try to sign in, wherever it is made: the page, the admin, a second check.

    allauth counts an account by the Host header too, which whoever guesses may choose.
    """

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        spend("logins", address(request))
        spend("logins_account", plain(credentials.get("username") or ""))


class LoginForm(forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["password"].help_text = ""  # else it offers to send a new one by e-mail
        self.fields["remember"].label = "Stay signed in"


class SignupForm(forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)


class ChangePasswordForm(forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["oldpassword"].help_text = ""


class ReauthenticateForm(forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["password"].help_text = ""


def without_placeholders(form: Any) -> None:
    """Leave out what only repeats the labels, and vanishes as one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def plain(name: str) -> str:
    """Return a name as the database compares it: letters of one case, one way of writing them."""
    return unicodedata.normalize("NFKC", name).casefold().strip()
