// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a hostile child leaves in staging: a file that it still writes to, that has a second name,
// that is a link or not what was reported, is refused, and nothing outside staging is touched.
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>

#include "pipelines/package/index.h"
#include "server/flows/publish.h"

#define BYTES 1000

typedef struct {
    char *root;                // (owned)
    char *staging;             // (owned)
    char *bundle;              // (owned)
    char *secret;              // (owned) a file of the daemon's own
    ChildReport *report;       // (owned)
    FlowsPublishPlaces places; // (value)
} Fixture;

static char *
write_index(void)
{
    g_autoptr(PackageIndex) index = package_index_new();
    index->init_bytes = 100;
    PackageIndexSegment segment = {100, BYTES - 100, 0, 4 * PACKAGE_INDEX_TIMESCALE, 0};
    g_array_append_val(index->segments, segment);
    return package_index_to_json(index);
}

static void
write_staged(const Fixture *fixture, const char *name, const char *text, gsize bytes)
{
    g_autofree char *path = g_build_filename(fixture->staging, name, NULL);
    g_assert_true(g_file_set_contents(path, text, (gssize)bytes, NULL));
}

static void
set_up(Fixture *fixture, gconstpointer unused)
{
    char content[BYTES];
    memset(content, 'v', sizeof content);
    g_autofree char *index = write_index();
    fixture->root = g_dir_make_tmp("daorian-publish-XXXXXX", NULL);
    fixture->staging = g_build_filename(fixture->root, "staging", NULL);
    fixture->bundle = g_build_filename(fixture->root, "bundle", NULL);
    fixture->secret = g_build_filename(fixture->root, "secret", NULL);
    g_assert_cmpint(g_mkdir(fixture->staging, 0700), ==, 0);
    g_assert_true(g_file_set_contents(fixture->secret, content, BYTES, NULL));
    g_assert_cmpint(g_chmod(fixture->secret, 0600), ==, 0);
    write_staged(fixture, "voice.mp4", content, BYTES);
    write_staged(fixture, "voice.index.json", index, strlen(index));
    fixture->report = child_report_new(CHILD_REPORT_RUNG);
    fixture->report->name = g_strdup("voice");
    fixture->report->file = g_strdup("voice.mp4");
    fixture->report->index = g_strdup("voice.index.json");
    fixture->report->codecs = g_strdup("mp4a.40.2");
    fixture->report->bytes = BYTES;
    fixture->report->sha256 =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, BYTES);
    fixture->places = (FlowsPublishPlaces){.staging = fixture->staging, .bundle = fixture->bundle};
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
    flows_publish_remove_staging(fixture->root);
    child_report_free(fixture->report);
    g_free(fixture->secret);
    g_free(fixture->bundle);
    g_free(fixture->staging);
    g_free(fixture->root);
}

static char *
build_staged_path(const Fixture *fixture)
{
    return g_build_filename(fixture->staging, "voice.mp4", NULL);
}

static guint
count_bundle(const Fixture *fixture)
{
    g_autoptr(GDir) folder = g_dir_open(fixture->bundle, 0, NULL);
    guint count = 0;
    while (folder != NULL && g_dir_read_name(folder) != NULL)
        count++;
    return count;
}

static void
assert_refused(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(flows_publish_place_rung(&fixture->places, "lesson", fixture->report, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_cmpuint(count_bundle(fixture), ==, 0);
    GStatBuf status;
    g_assert_cmpint(g_lstat(fixture->secret, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
    g_assert_cmpint(status.st_size, ==, BYTES);
}

static void
test_takes_what_is_right(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogRung) rung =
        flows_publish_place_rung(&fixture->places, "lesson", fixture->report, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_bundle(fixture), ==, 2); // file, index
    g_autofree char *path = g_build_filename(fixture->bundle, rung->file, NULL);
    GStatBuf status;
    g_assert_cmpint(g_lstat(path, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0644);
}

static void
test_still_written_to(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = build_staged_path(fixture);
    int descriptor = g_open(path, O_RDWR | O_CLOEXEC, 0);
    assert_refused(fixture);
    close(descriptor);
}

static void
test_second_name(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = build_staged_path(fixture);
    g_autofree char *other = g_build_filename(fixture->staging, "other", NULL);
    g_assert_cmpint(link(path, other), ==, 0);
    assert_refused(fixture);
}

static void
test_link_outside(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = build_staged_path(fixture);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(symlink(fixture->secret, path), ==, 0);
    assert_refused(fixture);
}

/* The child is quick: what it reported is a link by the time that we rename it. */
static void
swap_for_link(const char *step, gpointer user_data)
{
    Fixture *fixture = user_data;
    g_autofree char *path = build_staged_path(fixture);
    if (strcmp(step, "rung-take-in") == 0)
        return;
    g_unlink(path);
    g_assert_cmpint(symlink(fixture->secret, path), ==, 0);
}

static void
test_swapped_after_the_check(Fixture *fixture, gconstpointer unused)
{
    fixture->places.on_step = swap_for_link;
    fixture->places.step_data = fixture;
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogRung) rung =
        flows_publish_place_rung(&fixture->places, "lesson", fixture->report, &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(fixture->bundle, rung->file, NULL);
    g_assert_false(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
    GStatBuf status;
    g_assert_cmpint(g_lstat(fixture->secret, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
}

static void
test_another_size(Fixture *fixture, gconstpointer unused)
{
    fixture->report->bytes--;
    assert_refused(fixture);
}

static void
test_another_sum(Fixture *fixture, gconstpointer unused)
{
    fixture->report->sha256[0] = fixture->report->sha256[0] == 'a' ? 'b' : 'a';
    assert_refused(fixture);
}

static void
test_not_an_index(Fixture *fixture, gconstpointer unused)
{
    write_staged(fixture, "voice.index.json", "{}", 2);
    g_autoptr(GError) error = NULL;
    g_assert_null(flows_publish_place_rung(&fixture->places, "lesson", fixture->report, &error));
    g_assert_nonnull(error);
    g_assert_cmpuint(count_bundle(fixture), ==, 0);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(Fixture *, gconstpointer);
    } tests[] = {
        {"/flows/publish/takes-what-is-right", test_takes_what_is_right},
        {"/flows/publish/still-written-to", test_still_written_to},
        {"/flows/publish/second-name", test_second_name},
        {"/flows/publish/link-outside", test_link_outside},
        {"/flows/publish/swapped-after-the-check", test_swapped_after_the_check},
        {"/flows/publish/another-size", test_another_size},
        {"/flows/publish/another-sum", test_another_sum},
        {"/flows/publish/not-an-index", test_not_an_index},
    };
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
