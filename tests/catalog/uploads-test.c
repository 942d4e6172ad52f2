// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Uploads and rungs: offsets, ends, quotas; published files and the ones they replace.
#include "tests/catalog/fixture.h"

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/lessons.h"
#include "catalog/rungs.h"
#include "catalog/uploads.h"

static CatalogUpload *
add_upload(Fixture *fixture, const char *owner, CatalogUploadKind kind, gint64 length_bytes)
{
    GError *error = NULL;
    g_autofree char *id = catalog_ids_new(FIXTURE_NOW_MS);
    g_autoptr(CatalogUpload) upload = catalog_upload_new(id);
    upload->owner_id = g_strdup(owner);
    upload->kind = kind;
    upload->length_bytes = length_bytes;
    upload->metadata = (g_free(upload->metadata), g_strdup("filename YQ==,title 4LiB"));
    upload->expires_ms = FIXTURE_NOW_MS + 1000;
    catalog_uploads_create(fixture->database, upload, &fixture->by, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&upload);
}

static void
test_offset_and_finish(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autoptr(CatalogUpload) upload = add_upload(fixture, NULL, CATALOG_UPLOAD_KIND_WHOLE, -1);
    g_assert_true(catalog_uploads_set_offset(database, upload->id, 10, 99, 1, &error));
    g_assert_true(catalog_uploads_set_length(database, upload->id, 20, 1, &error));
    g_assert_true(catalog_uploads_set_length(database, upload->id, 20, 1, &error));
    g_assert_false(catalog_uploads_set_length(database, upload->id, 21, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(catalog_uploads_set_offset(database, upload->id, 21, 99, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(catalog_uploads_finish(database, upload->id, NULL, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(catalog_uploads_set_offset(database, upload->id, 20, 99, 1, &error));
    g_assert_true(catalog_uploads_finish(database, upload->id, "abcd", 1, &error));
    g_assert_true(catalog_uploads_finish(database, upload->id, NULL, 1, &error));
    g_autoptr(CatalogUpload) read = catalog_uploads_get(database, upload->id, &error);
    g_assert_cmpint(read->state, ==, CATALOG_UPLOAD_STATE_FINISHED);
    g_assert_cmpstr(read->sha256, ==, "abcd");
    g_assert_cmpstr(read->metadata, ==, "filename YQ==,title 4LiB");
    g_assert_false(catalog_uploads_set_offset(database, upload->id, 5, 99, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(catalog_uploads_close(database, upload->id, CATALOG_UPLOAD_STATE_TERMINATED,
                                         &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_null(catalog_uploads_get(database, "nothing", &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
}

static void
test_broken_text_is_refused(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = catalog_ids_new(FIXTURE_NOW_MS);
    g_autoptr(CatalogUpload) upload = catalog_upload_new(id);
    upload->filename = g_strdup("\xff.mp4");
    g_assert_false(catalog_uploads_create(fixture->database, upload, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
}

static void
test_expiry_and_quota(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *owner = fixture_add_account(fixture, "a", "staff");
    g_autoptr(CatalogUpload) whole = add_upload(fixture, owner, CATALOG_UPLOAD_KIND_WHOLE, 100);
    g_autoptr(CatalogUpload) part = add_upload(fixture, owner, CATALOG_UPLOAD_KIND_PARTIAL, 30);
    g_autoptr(CatalogUpload) open = add_upload(fixture, owner, CATALOG_UPLOAD_KIND_WHOLE, -1);
    g_autoptr(CatalogUpload) other = add_upload(fixture, NULL, CATALOG_UPLOAD_KIND_WHOLE, 7);
    g_assert_true(
        catalog_uploads_set_offset(database, open->id, 5, FIXTURE_NOW_MS + 9000, 1, &error));
    g_assert_true(
        catalog_uploads_set_offset(database, part->id, 30, FIXTURE_NOW_MS + 1000, 1, &error));
    g_assert_true(catalog_uploads_finish(database, part->id, NULL, 1, &error));
    gint64 bytes = 0;
    g_assert_true(catalog_uploads_measure_owner(database, owner, &bytes, &error));
    g_assert_cmpint(bytes, ==, 135);
    g_autoptr(GPtrArray) mine = catalog_uploads_list_receiving(database, owner, &error);
    g_assert_cmpuint(mine->len, ==, 2);
    g_autoptr(GPtrArray) all = catalog_uploads_list_receiving(database, NULL, &error);
    g_assert_cmpuint(all->len, ==, 3);
    g_autoptr(GPtrArray) due =
        catalog_uploads_list_expired(database, FIXTURE_NOW_MS + 1000, &error);
    g_assert_cmpuint(due->len, ==, 3);
    for (guint i = 0; i < due->len; i++) {
        const CatalogUpload *upload = g_ptr_array_index(due, i);
        g_assert_true(catalog_uploads_close(database, upload->id, CATALOG_UPLOAD_STATE_EXPIRED,
                                            &fixture->by, &error));
    }
    g_assert_true(catalog_uploads_measure_owner(database, owner, &bytes, &error));
    g_assert_cmpint(bytes, ==, 5);
}

static void
test_promised_counts_every_upload(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autoptr(CatalogUpload) first = add_upload(fixture, NULL, CATALOG_UPLOAD_KIND_WHOLE, 1000);
    g_assert_true(catalog_uploads_set_offset(database, first->id, 400, 99, 1, &error));
    for (guint i = 0; i < 1100; i++)
        catalog_upload_free(add_upload(fixture, NULL, CATALOG_UPLOAD_KIND_PARTIAL, 1));
    g_autoptr(CatalogUpload) open = add_upload(fixture, NULL, CATALOG_UPLOAD_KIND_WHOLE, -1);
    g_assert_true(catalog_uploads_set_offset(database, open->id, 50, 99, 1, &error));
    gint64 bytes = 0;
    g_assert_true(catalog_uploads_measure_promised(database, open->id, &bytes, &error));
    g_assert_cmpint(bytes, ==, 1700);
    g_assert_true(catalog_uploads_measure_promised(database, first->id, &bytes, &error));
    g_assert_cmpint(bytes, ==, 1100);
}

static void
test_abandoned_imports(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *owner = fixture_add_account(fixture, "a", "staff");
    g_autoptr(CatalogUpload) mine = add_upload(fixture, owner, CATALOG_UPLOAD_KIND_WHOLE, 10);
    g_autoptr(CatalogUpload) half = add_upload(fixture, NULL, CATALOG_UPLOAD_KIND_WHOLE, 10);
    g_autoptr(CatalogUpload) whole = add_upload(fixture, NULL, CATALOG_UPLOAD_KIND_WHOLE, 10);
    gint64 later_ms = FIXTURE_NOW_MS + 1000;
    g_assert_true(catalog_uploads_set_offset(database, whole->id, 10, later_ms, 1, &error));
    g_assert_true(catalog_uploads_abandon_imports(database, FIXTURE_NOW_MS, &error));
    g_autoptr(GPtrArray) due = catalog_uploads_list_expired(database, FIXTURE_NOW_MS, &error);
    g_assert_cmpuint(due->len, ==, 1);
    g_assert_cmpstr(((CatalogUpload *)due->pdata[0])->id, ==, half->id);
    g_autoptr(GPtrArray) ready = catalog_uploads_list_whole(database, &error);
    g_assert_cmpuint(ready->len, ==, 1);
    g_assert_cmpstr(((CatalogUpload *)ready->pdata[0])->id, ==, whole->id);
}

static void
test_replaced_rung_is_kept_for_a_while(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *id = fixture_add_lesson(fixture, "x", CATALOG_LESSON_STATE_ENCODING);
    g_autoptr(CatalogRung) rung = catalog_rung_new(id, "voice");
    rung->file = g_strdup("voice.1.mp4");
    rung->index_file = g_strdup("voice.1.json");
    rung->frame_rate = 12.5;
    g_assert_true(catalog_rungs_publish(database, rung, 500, 100, &error));
    g_assert_true(catalog_rungs_publish(database, rung, 500, 100, &error));
    g_autoptr(GPtrArray) none = catalog_rungs_list_superseded(database, 10000, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(CatalogRung) newer = catalog_rung_copy(rung);
    newer->file = (g_free(newer->file), g_strdup("voice.2.mp4"));
    g_assert_true(catalog_rungs_publish(database, newer, 500, 100, &error));
    g_autoptr(GPtrArray) early = catalog_rungs_list_superseded(database, 599, &error);
    g_assert_cmpuint(early->len, ==, 0);
    g_autoptr(GPtrArray) due = catalog_rungs_list_superseded(database, 600, &error);
    g_assert_cmpuint(due->len, ==, 1);
    const CatalogRungsSuperseded *superseded = g_ptr_array_index(due, 0);
    g_assert_cmpstr(superseded->file, ==, "voice.1.mp4");
    // Back to the first file: it must not be swept, the second must.
    g_assert_true(catalog_rungs_publish(database, rung, 500, 100, &error));
    g_autoptr(GPtrArray) swapped = catalog_rungs_list_superseded(database, 600, &error);
    g_assert_cmpuint(swapped->len, ==, 1);
    superseded = g_ptr_array_index(swapped, 0);
    g_assert_cmpstr(superseded->file, ==, "voice.2.mp4");
    // Who still plays it has its time, whatever is noted of it later.
    g_assert_true(catalog_rungs_supersede(database, id, "voice.2.mp4", 1, &error));
    g_autoptr(GPtrArray) hurried = catalog_rungs_list_superseded(database, 599, &error);
    g_assert_cmpuint(hurried->len, ==, 0);
    g_assert_true(catalog_rungs_keep(database, id, "voice.2.mp4", &error));

    g_autoptr(CatalogRung) failed = catalog_rung_new(id, "large");
    failed->error_code = g_strdup("damaged");
    g_assert_true(catalog_rungs_set_error(database, failed, 1, &error));
    catalog_lesson_set_text(&failed->name, "voice");
    g_assert_true(catalog_rungs_set_error(database, failed, 1, &error));
    g_autoptr(GPtrArray) rungs = catalog_rungs_list(database, id, 1, &error);
    g_assert_cmpuint(rungs->len, ==, 2);
    const CatalogRung *first = g_ptr_array_index(rungs, 0);
    g_assert_cmpstr(first->file, ==, "voice.1.mp4");
    g_assert_cmpstr(first->error_code, ==, "damaged");
    g_assert_cmpfloat(first->frame_rate, ==, 12.5);
    g_autoptr(CatalogRung) orphan = catalog_rung_new("nothing", "voice");
    g_assert_false(catalog_rungs_publish(database, orphan, 1, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/uploads/offset-and-finish", test_offset_and_finish);
    FIXTURE_ADD("/catalog/uploads/broken-text-is-refused", test_broken_text_is_refused);
    FIXTURE_ADD("/catalog/uploads/expiry-and-quota", test_expiry_and_quota);
    FIXTURE_ADD("/catalog/uploads/promised-counts-every-upload", test_promised_counts_every_upload);
    FIXTURE_ADD("/catalog/uploads/abandoned-imports", test_abandoned_imports);
    FIXTURE_ADD("/catalog/rungs/replaced-rung-is-kept-for-a-while",
                test_replaced_rung_is_kept_for_a_while);
    return g_test_run();
}
