"""Whether the site lives and whether it can serve: for whoever starts and watches it."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from replays.api.errors import problem_response

_migrated = False


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Answer while the process can answer at all."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 where the database answers and has every migration, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        lacks = not migrated()
    except DatabaseError:
        return not_ready("The database does not answer.")
    return (
        not_ready("Migrations are still to be applied.")
        if lacks
        else JsonResponse({"status": "ready"})
    )


def migrated() -> bool:
    """Tell whether all migrations are applied; once they are, they are."""
    global _migrated  # noqa: PLW0603 – known for as long as this process runs
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def not_ready(sentence: str) -> JsonResponse:
    return problem_response(503, sentence, headers={"Retry-After": "5"})
