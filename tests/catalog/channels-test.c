// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Channels: what may be written, two people at once, and what stays when a multiplex goes.
#include "tests/catalog/fixture.h"

#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"

static const char *const ladder[] = {"voice", "small", NULL};

static CatalogChannels
describe(const char *slug, const char *service)
{
    return (CatalogChannels){
        .slug = (char *)slug,
        .name = (char *)"ห้องเรียน ป.๑",
        .service = (char *)service,
        .enabled = TRUE,
        .rungs = (char **)ladder,
        .window_hours = 8,
        .window_bytes = 1 << 30,
    };
}

static char *
add_service(Fixture *fixture, char **multiplex)
{
    GError *error = NULL;
    *multiplex = catalog_multiplexes_add(fixture->database, "udp://239.1.1.1:5004", "ไทยคม", "",
                                         &fixture->by, &error);
    g_assert_no_error(error);
    CatalogServices found = {.service_id = 101,
                             .name = (char *)"ช่องหนึ่ง",
                             .provider = (char *)"",
                             .kind = (char *)"tv",
                             .channel = -1,
                             .streams = (char *)"[]"};
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, &found);
    g_assert_true(catalog_services_note_scan(fixture->database, *multiplex, list,
                                             fixture->by.now_ms, &error));
    g_autoptr(GPtrArray) services = catalog_services_list(fixture->database, *multiplex, &error);
    g_assert_no_error(error);
    return g_strdup(((CatalogServices *)services->pdata[0])->id);
}

static void
test_life(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *multiplex = NULL;
    g_autofree char *service = add_service(fixture, &multiplex);
    CatalogChannels wanted = describe("class-1", service);
    g_autofree char *id = catalog_channels_add(fixture->database, &wanted, &fixture->by, &error);
    g_assert_no_error(error);
    g_autoptr(CatalogChannels) seen = catalog_channels_get(fixture->database, id, &error);
    g_assert_cmpstr(seen->slug, ==, "class-1");
    g_assert_cmpstr(seen->service, ==, service);
    g_assert_cmpstrv(seen->rungs, ladder);
    g_assert_true(seen->enabled);
    g_assert_cmpint(seen->window_bytes, ==, 1 << 30);
    g_assert_null(catalog_channels_add(fixture->database, &wanted, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_EXISTS);
    g_clear_error(&error);
    g_autoptr(CatalogChannels) edited = catalog_channels_copy(seen);
    edited->enabled = FALSE;
    g_assert_true(catalog_channels_edit(fixture->database, edited, &fixture->by, &error));
    g_assert_false(catalog_channels_edit(fixture->database, edited, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(catalog_multiplexes_delete(fixture->database, multiplex, &fixture->by, &error));
    g_autoptr(GPtrArray) list = catalog_channels_list(fixture->database, &error);
    g_assert_cmpuint(list->len, ==, 1);
    const CatalogChannels *left = list->pdata[0];
    g_assert_null(left->service);
    g_assert_false(left->enabled);
    g_assert_cmpint(left->revision, ==, 2);
    g_assert_false(catalog_channels_delete(fixture->database, id, 1, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(catalog_channels_delete(fixture->database, id, 2, &fixture->by, &error));
    g_assert_null(catalog_channels_get(fixture->database, id, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
}

/* Off unless somebody wants it; the lowest rung with pictures unless another is named. */
static void
test_subtitles(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    CatalogChannels wanted = describe("class-2", NULL);
    g_autofree char *id = catalog_channels_add(fixture->database, &wanted, &fixture->by, &error);
    g_assert_no_error(error);
    g_autoptr(CatalogChannels) seen = catalog_channels_get(fixture->database, id, &error);
    g_assert_cmpstr(seen->burn_subtitles, ==, "");
    g_assert_null(catalog_channels_get_burn_rung(seen));
    static const char *const wide[] = {"voice", "small", "medium", NULL};
    static const char *const named[][3] = {
        {"tha", "", "small"}, {"tha", "medium", "medium"}, {"", "medium", NULL}};
    for (guint i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autoptr(CatalogChannels) edited = catalog_channels_get(fixture->database, id, &error);
        g_strfreev(edited->rungs);
        g_free(edited->burn_subtitles);
        g_free(edited->burn_rung);
        edited->rungs = g_strdupv((char **)wide);
        edited->burn_subtitles = g_strdup(named[i][0]);
        edited->burn_rung = g_strdup(named[i][1]);
        g_assert_true(catalog_channels_edit(fixture->database, edited, &fixture->by, &error));
        g_autoptr(CatalogChannels) now = catalog_channels_get(fixture->database, id, &error);
        g_assert_cmpstr(now->burn_subtitles, ==, named[i][0]);
        g_assert_cmpstr(catalog_channels_get_burn_rung(now), ==, named[i][2]);
    }
    // Sound alone has nothing to draw into.
    static const char *const heard[] = {"voice", NULL};
    wanted.rungs = (char **)heard;
    wanted.burn_subtitles = (char *)"tha";
    g_assert_null(catalog_channels_get_burn_rung(&wanted));
}

/* Never unless somebody wants it; within bounds. */
static void
test_rest(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    CatalogChannels wanted = describe("class-3", NULL);
    g_autofree char *id = catalog_channels_add(fixture->database, &wanted, &fixture->by, &error);
    g_assert_no_error(error);
    static const gint64 minutes[] = {0, 1, 240, -1, 241};
    for (guint i = 0; i < G_N_ELEMENTS(minutes); i++) {
        g_autoptr(CatalogChannels) edited = catalog_channels_get(fixture->database, id, &error);
        gint64 before = edited->rest_minutes;
        gboolean good = i < 3;
        edited->rest_minutes = minutes[i];
        g_assert_cmpint(before, ==, i == 0 ? 0 : minutes[MIN(i, 3) - 1]);
        g_assert_true(catalog_channels_edit(fixture->database, edited, &fixture->by, &error) ==
                      good);
        g_assert_true((error == NULL) == good);
        g_clear_error(&error);
    }
    wanted.slug = (char *)"class-4";
    wanted.rest_minutes = 30;
    g_autofree char *other = catalog_channels_add(fixture->database, &wanted, &fixture->by, &error);
    g_autoptr(CatalogChannels) seen = catalog_channels_get(fixture->database, other, &error);
    g_assert_cmpint(seen->rest_minutes, ==, 30);
}

static void
assert_refused(Fixture *fixture, const CatalogChannels *channel, CatalogError code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(catalog_channels_add(fixture->database, channel, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, (int)code);
}

static void
test_refusals(Fixture *fixture, gconstpointer unused)
{
    static const char *const slugs[] = {
        "", "-a", "a-", "A", "a/b", "..", "ก", "a b", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx"};
    for (guint i = 0; i < G_N_ELEMENTS(slugs); i++) {
        CatalogChannels channel = describe(slugs[i], NULL);
        assert_refused(fixture, &channel, CATALOG_ERROR_INVALID);
    }
    static const char *const wrong[][3] = {
        {NULL}, {"small", "voice"}, {"small", "small"}, {"lite"}, {"../x"}};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        CatalogChannels channel = describe("a", NULL);
        channel.rungs = (char **)wrong[i];
        assert_refused(fixture, &channel, CATALOG_ERROR_INVALID);
    }
    CatalogChannels channel = describe("a", NULL);
    channel.name = (char *)"";
    assert_refused(fixture, &channel, CATALOG_ERROR_INVALID);
    channel = describe("a", NULL);
    channel.window_hours = 169;
    assert_refused(fixture, &channel, CATALOG_ERROR_INVALID);
    channel = describe("a", NULL);
    channel.window_bytes = 1000;
    assert_refused(fixture, &channel, CATALOG_ERROR_INVALID);
    static const char *const languages[] = {"th", "thai", "THA", "t-h"};
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
        channel = describe("a", NULL);
        channel.burn_subtitles = (char *)languages[i];
        assert_refused(fixture, &channel, CATALOG_ERROR_INVALID);
    }
    static const char *const rungs[] = {"voice", "medium", "../x"};
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        channel = describe("a", NULL);
        channel.burn_rung = (char *)rungs[i];
        assert_refused(fixture, &channel, CATALOG_ERROR_INVALID);
    }
    channel = describe("a", "0199c82c-c000-7000-8000-0000000000a2");
    assert_refused(fixture, &channel, CATALOG_ERROR_NOT_FOUND);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/channels/life", test_life);
    FIXTURE_ADD("/catalog/channels/subtitles", test_subtitles);
    FIXTURE_ADD("/catalog/channels/rest", test_rest);
    FIXTURE_ADD("/catalog/channels/refusals", test_refusals);
    return g_test_run();
}
