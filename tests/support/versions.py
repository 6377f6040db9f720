"""Tests for which one PostgreSQL is as good as another: they run on the embedded one alone.

A new file runs on PostgreSQL 15 too, unless it is named here. What differs from version to version
is what SQL is known, how it is planned, how rows are locked, and what an error is called; so
whatever finds, counts, writes, locks or migrates runs on both, and each operation at least once
(`test_examples`). These do not, for what they send to a database is sent by others too.
"""

NO_DATABASE = "it asks no database"
ELSEWHERE = "it is decided before a database is asked, or after"
PROCESSES = "it is about processes, which send what others send, too"
OWN = "it brings its own PostgreSQL, the embedded one"
FORMS = "it is about the form of a file, whose rows test_exports reads on both"
MANY = "it asks or writes in many more ways what other tests ask and write on both"
RULES = "it holds our rules against a model of them, by lists and writes that others send to both"
READING = "it reads the example, by lists and counts that others hold against the truth on both"

ANY_POSTGRESQL = {
    **dict.fromkeys(("test_contract", "test_edtf", "test_house", "test_leadership"), NO_DATABASE),
    **dict.fromkeys(("test_openapi", "test_scale", "test_settings"), NO_DATABASE),
    **dict.fromkeys(("test_bodies", "test_conditional", "test_home", "test_hostile"), ELSEWHERE),
    **dict.fromkeys(("test_keys", "test_protocol", "test_quotes", "test_vocabularies"), ELSEWHERE),
    **dict.fromkeys(("test_cli", "test_docs", "test_logs", "test_worker"), PROCESSES),
    **dict.fromkeys(("test_browser", "test_pages"), READING),
    "test_embedded": OWN,
    "test_fire::test_the_feed_outlives_a_killed_postgresql": OWN,
    **dict.fromkeys(("test_article", "test_questions"), READING),
    **dict.fromkeys(("test_geojson", "test_harmless", "test_linked"), FORMS),
    **dict.fromkeys(("test_parquet", "test_plover"), FORMS),
    **dict.fromkeys(("test_export_cli", "test_http10", "test_streaming"), PROCESSES),
    "test_problems": ELSEWHERE,
    "test_past": RULES,
    **dict.fromkeys(("test_finding::test_each_place", "test_finding::test_filters_together"), MANY),
    "test_fire::test_the_feed_is_what_the_tables_hold": MANY,
    # Through PgBouncer comes what test_concurrency sends without it.
    "test_pooler": PROCESSES,
    **{
        f"test_changes::test_{name}": PROCESSES
        for name in (
            "who_waits_is_answered_with_the_first_change",
            "who_waits_in_vain_is_answered_in_the_end",
            "many_who_wait_are_in_nobodys_way",
            "a_stream_tells_what_changes",
            "a_stream_goes_on_where_it_broke_off",
            "a_stream_that_was_told_nothing_goes_on_too",
            "who_goes_away_leaves_a_seat",
            "a_worker_that_is_to_end_ends_what_waits",
            "a_database_that_goes_away",
        )
    },
}
"""Files, and tests of others, that one PostgreSQL is enough for, and why."""
