// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lessons: what is written is read, edits are guarded, states move along their table, and a viewer
// sees what the visibility rule says, in lists as for a single one.
#include "tests/catalog/fixture.h"

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/rungs.h"
#include "catalog/uploads.h"

static CatalogLesson *
get_lesson(Fixture *fixture, const char *id)
{
    GError *error = NULL;
    CatalogLesson *lesson = catalog_lessonlist_get(fixture->database, id, &error);
    g_assert_no_error(error);
    return lesson;
}

static void
test_typed_fields_survive(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *owner = fixture_add_account(fixture, "ครู", "teacher");
    g_autofree char *id = catalog_ids_new(FIXTURE_NOW_MS);
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(id);
    catalog_lesson_set_text(&lesson->owner_id, owner);
    catalog_lesson_set_text(&lesson->title, "การบวกเศษส่วน");
    catalog_lesson_set_text(&lesson->description, "ป.4 'quoted' \"text\" ; -- ");
    catalog_lesson_set_text(&lesson->subject, "คณิตศาสตร์");
    catalog_lesson_set_text(&lesson->licence, "CC-BY-4.0");
    lesson->visibility = CATALOG_LESSON_VISIBILITY_SIGNED_IN;
    lesson->keep_until_ms = 42;
    g_assert_true(catalog_lessons_create(fixture->database, lesson, &fixture->by, &error));
    g_assert_no_error(error);

    g_autoptr(CatalogLesson) read = get_lesson(fixture, id);
    g_assert_cmpstr(read->title, ==, lesson->title);
    g_assert_cmpstr(read->description, ==, lesson->description);
    g_assert_cmpstr(read->subject, ==, "คณิตศาสตร์");
    g_assert_cmpstr(read->licence, ==, "CC-BY-4.0");
    g_assert_null(read->grade);
    g_assert_cmpstr(read->owner_name, ==, "ครู");
    g_assert_cmpint(read->visibility, ==, CATALOG_LESSON_VISIBILITY_SIGNED_IN);
    g_assert_cmpint(read->keep_until_ms, ==, 42);
    g_assert_cmpint(read->length_bytes, ==, -1);
    g_assert_cmpint(read->created_ms, ==, FIXTURE_NOW_MS);

    g_autoptr(CatalogLesson) copy = catalog_lesson_copy(read);
    g_assert_cmpstr(copy->licence, ==, "CC-BY-4.0");
    g_assert_true(copy->licence != read->licence);

    g_assert_false(catalog_lessons_create(fixture->database, lesson, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_EXISTS);
    g_clear_error(&error);
}

static void
test_bad_text_is_refused(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = catalog_ids_new(FIXTURE_NOW_MS);
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(id);
    catalog_lesson_set_text(&lesson->title, "\xff\xfe");
    g_assert_false(catalog_lessons_create(fixture->database, lesson, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);

    g_autofree char *long_text = g_strnfill(CATALOG_LESSONS_TITLE_BYTES_MAX + 1, 'x');
    catalog_lesson_set_text(&lesson->title, long_text);
    g_assert_false(catalog_lessons_create(fixture->database, lesson, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);

    catalog_lesson_set_text(&lesson->title, "x");
    catalog_lesson_set_text(&lesson->id, "../../etc/passwd");
    g_assert_false(catalog_lessons_create(fixture->database, lesson, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
}

static void
test_edit_is_guarded(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = fixture_add_lesson(fixture, "one", CATALOG_LESSON_STATE_RECEIVING);
    g_autoptr(CatalogLesson) lesson = get_lesson(fixture, id);
    catalog_lesson_set_text(&lesson->title, "two");
    g_assert_true(
        catalog_lessons_update(fixture->database, lesson, lesson->revision, &fixture->by, &error));
    catalog_lesson_set_text(&lesson->title, "three");
    g_assert_false(
        catalog_lessons_update(fixture->database, lesson, lesson->revision, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_autoptr(CatalogLesson) read = get_lesson(fixture, id);
    g_assert_cmpstr(read->title, ==, "two");

    catalog_lesson_set_text(&lesson->id, "01234567-89ab-7000-8000-000000000000");
    g_assert_false(catalog_lessons_update(fixture->database, lesson, -1, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
}

static void
test_states_follow_the_table(Fixture *fixture, gconstpointer unused)
{
    for (int from = 0; from < CATALOG_LESSON_STATE_WITHDRAWN; from++) {
        for (int to = 0; to <= CATALOG_LESSON_STATE_WITHDRAWN; to++) {
            g_autoptr(GError) error = NULL;
            g_autofree char *id = fixture_add_lesson(fixture, "x", (CatalogLessonState)from);
            gboolean may = to != CATALOG_LESSON_STATE_WITHDRAWN &&
                           (from == to || catalog_lesson_state_may_move((CatalogLessonState)from,
                                                                        (CatalogLessonState)to));
            g_assert_cmpint(catalog_lessons_set_state(fixture->database, id, (CatalogLessonState)to,
                                                      &fixture->by, &error),
                            ==, may);
            if (!may)
                g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
        }
    }
    for (int state = 0; state <= CATALOG_LESSON_STATE_WITHDRAWN; state++) {
        CatalogLessonState parsed = CATALOG_LESSON_STATE_RECEIVING;
        const char *text = catalog_lesson_state_to_text((CatalogLessonState)state);
        g_assert_true(catalog_lesson_state_from_text(text, &parsed));
        g_assert_cmpint(parsed, ==, state);
    }
}

static void
test_withdrawn_hides_what_goes_on(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *id = fixture_add_lesson(fixture, "x", CATALOG_LESSON_STATE_ENCODING);
    g_assert_true(catalog_lessons_withdraw(database, id, &fixture->by, &error));
    g_assert_false(catalog_lessons_withdraw(database, id, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(catalog_lessons_set_state(database, id, CATALOG_LESSON_STATE_PUBLISHED,
                                            &fixture->by, &error));
    g_autoptr(CatalogLesson) hidden = get_lesson(fixture, id);
    g_assert_cmpint(hidden->state, ==, CATALOG_LESSON_STATE_WITHDRAWN);
    g_assert_true(catalog_lessons_restore(database, id, &fixture->by, &error));
    g_autoptr(CatalogLesson) shown = get_lesson(fixture, id);
    g_assert_cmpint(shown->state, ==, CATALOG_LESSON_STATE_PUBLISHED);
    g_assert_cmpint(shown->published_ms, ==, FIXTURE_NOW_MS);
    g_assert_false(catalog_lessons_restore(database, id, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
}

static char *
add_kept_until(Fixture *fixture, gint64 keep_until_ms)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = catalog_ids_new(FIXTURE_NOW_MS);
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(id);
    lesson->keep_until_ms = keep_until_ms;
    g_assert_true(catalog_lessons_create(fixture->database, lesson, &fixture->by, &error));
    return g_steal_pointer(&id);
}

static void
test_expired_goes_on_its_day(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *today = add_kept_until(fixture, FIXTURE_NOW_MS);
    g_autofree char *tomorrow = add_kept_until(fixture, FIXTURE_NOW_MS + 1);
    g_autofree char *always = add_kept_until(fixture, 0);
    g_assert_true(catalog_lessons_withdraw_expired(database, FIXTURE_NOW_MS - 1, &error));
    g_autoptr(CatalogLesson) before = get_lesson(fixture, today);
    g_assert_cmpint(before->state, !=, CATALOG_LESSON_STATE_WITHDRAWN);
    for (int i = 0; i < 2; i++)
        g_assert_true(catalog_lessons_withdraw_expired(database, FIXTURE_NOW_MS, &error));
    g_autoptr(CatalogLesson) gone = get_lesson(fixture, today);
    g_autoptr(CatalogLesson) there = get_lesson(fixture, tomorrow);
    g_autoptr(CatalogLesson) kept = get_lesson(fixture, always);
    g_assert_cmpint(gone->state, ==, CATALOG_LESSON_STATE_WITHDRAWN);
    g_assert_cmpint(there->state, !=, CATALOG_LESSON_STATE_WITHDRAWN);
    g_assert_cmpint(kept->state, !=, CATALOG_LESSON_STATE_WITHDRAWN);
    // Whoever brings it back does not lose it again a minute later.
    g_assert_true(catalog_lessons_restore(database, today, &fixture->by, &error));
    g_assert_true(catalog_lessons_withdraw_expired(database, FIXTURE_NOW_MS, &error));
    g_autoptr(CatalogLesson) back = get_lesson(fixture, today);
    g_assert_cmpint(back->state, !=, CATALOG_LESSON_STATE_WITHDRAWN);
    g_assert_cmpint(back->keep_until_ms, ==, 0);
    g_assert_no_error(error);
}

static void
test_failure_and_warnings(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *id = fixture_add_lesson(fixture, "x", CATALOG_LESSON_STATE_ENCODING);
    g_assert_true(catalog_lessons_fail(database, id, "not-media", &fixture->by, &error));
    g_assert_true(catalog_lessons_add_warning(database, id, "truncated", 1, &error));
    g_assert_true(catalog_lessons_add_warning(database, id, "truncated", 1, &error));
    g_assert_true(catalog_lessons_add_warning(database, id, "damaged", 1, &error));
    g_autoptr(CatalogLesson) failed = get_lesson(fixture, id);
    g_assert_cmpint(failed->state, ==, CATALOG_LESSON_STATE_FAILED);
    g_assert_cmpstr(failed->error_code, ==, "not-media");
    g_assert_cmpuint(g_strv_length(failed->warnings), ==, 2);
    g_assert_true(
        catalog_lessons_set_state(database, id, CATALOG_LESSON_STATE_QUEUED, &fixture->by, &error));
    g_autoptr(CatalogLesson) again = get_lesson(fixture, id);
    g_assert_null(again->error_code);
}

static void
test_whole_lesson(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *id = fixture_add_lesson(fixture, "x", CATALOG_LESSON_STATE_RECEIVING);
    g_autofree char *upload_id = catalog_ids_new(FIXTURE_NOW_MS);
    g_autoptr(CatalogUpload) upload = catalog_upload_new(upload_id);
    upload->lesson_id = g_strdup(id);
    upload->length_bytes = 1000;
    g_assert_true(catalog_uploads_create(database, upload, &fixture->by, &error));
    g_assert_true(catalog_uploads_set_offset(database, upload_id, 400, 5, 5, &error));
    g_autoptr(CatalogRung) small = catalog_rung_new(id, "small");
    small->file = g_strdup("small.mp4");
    small->bandwidth_bps = 200000;
    g_autoptr(CatalogRung) voice = catalog_rung_new(id, "voice");
    voice->file = g_strdup("voice.mp4");
    voice->bandwidth_bps = 32000;
    g_assert_true(catalog_rungs_publish(database, small, 0, 1, &error));
    g_assert_true(catalog_rungs_publish(database, voice, 0, 1, &error));
    g_autofree char *job_id =
        catalog_jobs_enqueue(database, CATALOG_JOB_KIND_ENCODE, id, 3, &fixture->by, &error);
    g_assert_no_error(error);

    g_autoptr(CatalogLesson) lesson = get_lesson(fixture, id);
    g_assert_cmpint(lesson->received_bytes, ==, 400);
    g_assert_cmpint(lesson->length_bytes, ==, 1000);
    g_assert_cmpstr(lesson->upload_id, ==, upload_id);
    g_assert_cmpstr(lesson->job->id, ==, job_id);
    g_assert_cmpint(lesson->job->priority, ==, 3);
    g_assert_cmpuint(lesson->rungs->len, ==, 2);
    const CatalogRung *first = g_ptr_array_index(lesson->rungs, 0);
    g_assert_cmpstr(first->name, ==, "voice");

    CatalogLessonsMedia media = {
        .duration_ms = 125000, .poster_file = "poster.webp", .complete = 1};
    g_assert_true(catalog_lessons_set_media(database, id, &media, 9, &error));
    g_assert_true(catalog_lessons_set_original(database, id, 1000, "00ff", 9, &error));
    g_autoptr(CatalogLesson) after = get_lesson(fixture, id);
    g_assert_true(after->complete);
    g_assert_cmpint(after->duration_ms, ==, 125000);
    g_assert_cmpint(after->original_bytes, ==, 1000);
    g_assert_cmpint(after->revision, ==, lesson->revision);
}

static guint
count_pages(Fixture *fixture, CatalogLessonlistFilter filter, GHashTable *seen)
{
    guint pages = 0;
    g_autofree char *cursor = NULL;
    do {
        GError *error = NULL;
        filter.cursor = cursor;
        g_autoptr(CatalogPage) page = catalog_lessonlist_list(fixture->database, &filter, &error);
        g_assert_no_error(error);
        for (guint i = 0; i < page->items->len; i++) {
            const CatalogLesson *lesson = g_ptr_array_index(page->items, i);
            g_assert_true(catalog_lessonlist_is_visible(lesson, &filter.viewer));
            g_assert_true(g_hash_table_add(seen, g_strdup(lesson->id)));
        }
        g_free(cursor);
        cursor = g_steal_pointer(&page->next_cursor);
        pages++;
    } while (cursor != NULL && pages < 100);
    return pages;
}

static void
test_paging_gives_each_once(Fixture *fixture, gconstpointer unused)
{
    for (int i = 0; i < 25; i++) {
        fixture->by.now_ms += i % 3; // some at the same time
        g_free(fixture_add_lesson(fixture, "เรียน", CATALOG_LESSON_STATE_PUBLISHED));
    }
    const char *const queries[] = {NULL, "เรียน"};
    for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        CatalogLessonlistFilter filter = {.limit = 10, .query = queries[i]};
        g_assert_cmpuint(count_pages(fixture, filter, seen), ==, 3);
        g_assert_cmpuint(g_hash_table_size(seen), ==, 25);
    }
}

static void
test_foreign_cursor_is_refused(Fixture *fixture, gconstpointer unused)
{
    const char *const cursors[] = {"x",    "1.2", "search.", "search.-1", "search.99999999999",
                                   "'; --"};
    for (guint i = 0; i < 2 * G_N_ELEMENTS(cursors); i++) {
        g_autoptr(GError) error = NULL;
        CatalogLessonlistFilter filter = {.cursor = cursors[i / 2], .query = i % 2 ? "x" : NULL};
        g_assert_null(catalog_lessonlist_list(fixture->database, &filter, &error));
        g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    }
}

/* Every state × visibility × owner, asked by every viewer, in every kind of list, against the pure
 * rule. */
static void
test_lists_keep_the_visibility_rule(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *owner = fixture_add_account(fixture, "a", "teacher");
    g_autofree char *other = fixture_add_account(fixture, "b", "learner");
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 6 * 4 * 2; i++) {
        g_autoptr(CatalogLesson) lesson = catalog_lesson_new(NULL);
        lesson->id = catalog_ids_new(FIXTURE_NOW_MS);
        catalog_lesson_set_text(&lesson->title, "บทเรียน");
        lesson->state = (CatalogLessonState)(i / 8 == 5 ? 3 : i / 8);
        lesson->visibility = (CatalogLessonVisibility)(i / 2 % 4);
        lesson->owner_id = i % 2 ? g_strdup(owner) : NULL;
        catalog_lessons_create(fixture->database, lesson, &fixture->by, &error);
        g_assert_no_error(error);
        if (i / 8 == 5)
            g_assert_true(
                catalog_lessons_withdraw(fixture->database, lesson->id, &fixture->by, &error));
        g_ptr_array_add(ids, g_strdup(lesson->id));
    }
    const CatalogLessonlistViewer viewers[] = {
        {NULL, FALSE}, {other, FALSE}, {owner, FALSE}, {other, TRUE}};
    for (int i = 0; i < 4 * 2 * 7 * 2; i++) {
        CatalogLessonState state = (CatalogLessonState)(i / 8 % 7);
        CatalogLessonlistFilter filter = {
            .viewer = viewers[i % 4],
            .query = i / 4 % 2 ? "เรียน" : NULL,
            .state = i / 8 % 7 < 6 ? &state : NULL,
            .owner_id = i / 56 ? owner : NULL,
            .limit = 100,
        };
        g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        count_pages(fixture, filter, seen);
        for (guint j = 0; j < ids->len; j++) {
            const char *id = g_ptr_array_index(ids, j);
            g_autoptr(CatalogLesson) lesson = get_lesson(fixture, id);
            gboolean wanted = catalog_lessonlist_is_visible(lesson, &filter.viewer) &&
                              (filter.state == NULL || lesson->state == state) &&
                              (filter.owner_id == NULL || g_strcmp0(lesson->owner_id, owner) == 0);
            g_assert_cmpint(g_hash_table_contains(seen, id), ==, wanted);
        }
    }
}

static void
test_every_edit_leaves_a_row(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *person = fixture_add_account(fixture, "สมชาย", "staff");
    CatalogAuditStamp by = {person, FIXTURE_NOW_MS + 5};
    g_autofree char *id = fixture_add_lesson(fixture, "x", CATALOG_LESSON_STATE_PUBLISHED);
    g_assert_true(catalog_lessons_withdraw(fixture->database, id, &by, &error));
    g_autoptr(CatalogPage) page = catalog_audit_list(fixture->database, id, NULL, 1, &error);
    g_assert_no_error(error);
    const CatalogAuditEntry *entry = g_ptr_array_index(page->items, 0);
    g_assert_cmpstr(entry->action, ==, "lesson.withdraw");
    g_assert_cmpstr(entry->account_name, ==, "สมชาย");
    g_assert_cmpint(entry->when_ms, ==, FIXTURE_NOW_MS + 5);
    g_assert_nonnull(page->next_cursor);
    g_autoptr(CatalogPage) next =
        catalog_audit_list(fixture->database, id, page->next_cursor, 5, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(next->items->len, ==, 1);
    entry = g_ptr_array_index(next->items, 0);
    g_assert_cmpstr(entry->action, ==, "lesson.create");
    g_assert_null(next->next_cursor);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/lessons/typed-fields-survive", test_typed_fields_survive);
    FIXTURE_ADD("/catalog/lessons/bad-text-is-refused", test_bad_text_is_refused);
    FIXTURE_ADD("/catalog/lessons/edit-is-guarded", test_edit_is_guarded);
    FIXTURE_ADD("/catalog/lessons/states-follow-the-table", test_states_follow_the_table);
    FIXTURE_ADD("/catalog/lessons/withdrawn-hides-what-goes-on", test_withdrawn_hides_what_goes_on);
    FIXTURE_ADD("/catalog/lessons/expired-goes-on-its-day", test_expired_goes_on_its_day);
    FIXTURE_ADD("/catalog/lessons/failure-and-warnings", test_failure_and_warnings);
    FIXTURE_ADD("/catalog/lessons/whole-lesson", test_whole_lesson);
    FIXTURE_ADD("/catalog/lessons/paging-gives-each-once", test_paging_gives_each_once);
    FIXTURE_ADD("/catalog/lessons/foreign-cursor-is-refused", test_foreign_cursor_is_refused);
    FIXTURE_ADD("/catalog/lessons/lists-keep-the-visibility-rule",
                test_lists_keep_the_visibility_rule);
    FIXTURE_ADD("/catalog/lessons/every-edit-leaves-a-row", test_every_edit_leaves_a_row);
    return g_test_run();
}
