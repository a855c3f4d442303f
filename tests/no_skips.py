"""The pytest option --no-skips: a skipped test fails the run, so that none is lost unseen."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="fail the run if a test is skipped")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session, exitstatus):
    if exitstatus == pytest.ExitCode.OK and skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    for report in skipped(config):
        terminalreporter.write_line(f"SKIPPED, and none may be: {report.nodeid}", red=True)


def skipped(config) -> list:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not config.getoption("--no-skips"):
        return []
    return reporter.stats.get("skipped", [])
