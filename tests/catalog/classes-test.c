// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Live classes: keys, and what being on the air does to channel and booking.
#include "tests/catalog/fixture.h"

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/classes.h"
#include "catalog/error.h"
#include "catalog/secrets.h"
#include "pipelines/intake/door_key.h"

/* From here on a teacher writes. */
static void
become_teacher(Fixture *fixture)
{
    g_autofree char *id = fixture_add_account(fixture, "ครู", "teacher");
    fixture->by.account_id = g_intern_string(id);
}

static const CatalogClasses *
find_only(Fixture *fixture, GPtrArray **rows)
{
    GError *error = NULL;
    *rows = catalog_classes_list(fixture->database, &error);
    g_assert_no_error(error);
    g_assert_cmpuint((*rows)->len, ==, 1);
    return (*rows)->pdata[0];
}

static void
test_key(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    become_teacher(fixture);
    g_assert_false(catalog_classes_withdraw_key(fixture->database, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_autofree char *old = catalog_classes_renew_key(fixture->database, "ครู", &fixture->by, &error);
    g_autofree char *key =
        catalog_classes_renew_key(fixture->database, "คนอื่น", &fixture->by, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(old, !=, key);
    g_autoptr(GPtrArray) rows = NULL;
    const CatalogClasses *row = find_only(fixture, &rows);
    g_assert_cmpstr(row->title, ==, "ครู");
    g_autofree char *hash = intake_door_key_hash(key); // the door's and the catalogue's are one
    g_assert_cmpstr(row->key_hash, ==, hash);
    g_assert_true(catalog_classes_withdraw_key(fixture->database, &fixture->by, &error));
    g_autoptr(GPtrArray) after = NULL;
    g_assert_null(find_only(fixture, &after)->key_hash);
}

static void
test_titles(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    become_teacher(fixture);
    g_autofree char *longest = g_strnfill(CATALOG_CLASSES_TITLE_CHARACTERS_MAX, 'x');
    g_autofree char *longer = g_strconcat(longest, "x", NULL);
    const char *const wrong[] = {"", longer, "\xff"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_false(
            catalog_classes_set_title(fixture->database, wrong[i], &fixture->by, &error));
        g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
        g_clear_error(&error);
    }
    g_assert_true(catalog_classes_set_title(fixture->database, longest, &fixture->by, &error));
    g_assert_no_error(error);
}

static void
test_on_air(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    become_teacher(fixture);
    const gint64 now_ms = fixture->by.now_ms;
    guint count = 0;
    g_autofree char *key =
        catalog_classes_renew_key(fixture->database, "เคมี", &fixture->by, &error);
    g_autoptr(GPtrArray) rows = NULL;
    const char *id = find_only(fixture, &rows)->id;
    g_assert_true(catalog_classes_begin(fixture->database, id, now_ms + 1, &error));
    g_assert_true(catalog_classes_begin(fixture->database, id, now_ms + 2, &error)); // no second
    g_assert_no_error(error);
    g_autoptr(CatalogClasses) live = catalog_classes_get(fixture->database, id, &error);
    g_assert_cmpint(live->on_air_ms, ==, now_ms + 1);
    g_assert_true(catalog_classes_set_title(fixture->database, "เคมี ๒", &fixture->by, &error));
    g_autoptr(CatalogChannels) channel =
        catalog_channels_get(fixture->database, live->channel, &error);
    g_assert_true(channel->enabled && g_str_has_prefix(channel->slug, "class-"));
    g_assert_cmpstr(channel->name, ==, "เคมี ๒");
    g_assert_true(catalog_bookings_set_state(fixture->database, live->booking,
                                             CATALOG_BOOKING_STATE_RUNNING, NULL, &fixture->by,
                                             &error));
    g_assert_true(catalog_classes_end(fixture->database, id, now_ms + 60000, &error));
    g_assert_no_error(error);
    g_autoptr(CatalogBooking) booking =
        catalog_bookings_get(fixture->database, live->booking, &error);
    g_assert_cmpint(booking->end_ms, ==, now_ms + 60000);
    g_autoptr(CatalogChannels) off = catalog_channels_get(fixture->database, live->channel, &error);
    g_assert_false(off->enabled);
    // What is still being kept is not dropped.
    g_assert_true(catalog_classes_drop_channels(fixture->database, now_ms + 70000, now_ms + 70000,
                                                &count, &error));
    g_assert_cmpuint(count, ==, 0);
}

static void
test_never_ran(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    become_teacher(fixture);
    const gint64 now_ms = fixture->by.now_ms;
    guint count = 0;
    g_autofree char *key = catalog_classes_renew_key(fixture->database, "สั้น", &fixture->by, &error);
    g_autoptr(GPtrArray) rows = NULL;
    const char *id = find_only(fixture, &rows)->id;
    g_assert_true(catalog_classes_begin(fixture->database, id, now_ms, &error));
    g_autoptr(CatalogClasses) live = catalog_classes_get(fixture->database, id, &error);
    g_assert_true(catalog_classes_end(fixture->database, id, now_ms + 5, &error));
    g_autoptr(CatalogBooking) booking =
        catalog_bookings_get(fixture->database, live->booking, &error);
    g_assert_cmpint(booking->state, ==, CATALOG_BOOKING_STATE_CANCELLED);
    g_assert_true(
        catalog_classes_drop_channels(fixture->database, now_ms + 6, now_ms + 6, &count, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(count, ==, 1);
    g_assert_true(catalog_classes_begin(fixture->database, id, now_ms + 7, &error)); // and again
    g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/classes/key", test_key);
    FIXTURE_ADD("/catalog/classes/titles", test_titles);
    FIXTURE_ADD("/catalog/classes/on-air", test_on_air);
    FIXTURE_ADD("/catalog/classes/never-ran", test_never_ran);
    return g_test_run();
}
