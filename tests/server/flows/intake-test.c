// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor of multiplexes with real children over a generated multiplex: what subscribers
// get, also after the child was killed; that the last one's leaving ends the child; and that
// stopping in the midst of everything leaves nothing. Argument: daorian-media.
#include "server/flows/intake.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "catalog/multiplexes.h"
#include "catalog/threads.h"
#include "tests/support/thai.h"

#define PACKET_BYTES 188

typedef struct {
    char *folder;            // (owned)
    char *file;              // (owned) the multiplex
    ServerConfig *config;    // (owned)
    ServerClock *clock;      // (owned)
    CatalogThreads *catalog; // (owned)
    FlowsIntake *intake;     // (owned)
    GMainLoop *loop;         // (owned)
    char *id;                // (owned) of the row
} Fixture;

typedef struct {
    Fixture *fixture; // (unowned)
    int reader;       // (owned)
    guint number;     // (value) of the subscription
    gsize bytes;      // (value) that came
    gsize wanted;     // (value) then the loop is left
    guint source;     // (value)
} Reader;

static gboolean
add_row(CatalogDatabase *database, gpointer data, GError **error)
{
    Fixture *fixture = data;
    g_autofree char *uri = g_strconcat("file:", fixture->file, NULL);
    const CatalogAuditStamp by = {NULL, 1};
    fixture->id = catalog_multiplexes_add(database, uri, "ทดสอบ", "tis-620", &by, error);
    return fixture->id != NULL;
}

static void
on_row_added(GObject *source, GAsyncResult *result, gpointer data)
{
    Fixture *fixture = data;
    g_autoptr(GError) error = NULL;
    catalog_threads_finish(result, &error);
    g_assert_no_error(error);
    g_main_loop_quit(fixture->loop);
}

static void
write_multiplex(const char *path)
{
    const ThaiOptions options = {
        .bits_per_second = 4000000, .first_pcr27m = 27000000, .start_ms = 1779062400000};
    g_autoptr(Thai) thai = thai_new(&options);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    for (guint i = 0; i < 3; i++)
        thai_run(thai, 1000, stream);
    g_assert_true(g_file_set_contents(path, (const char *)stream->data, stream->len, NULL));
}

static void
set_up(Fixture *fixture, gconstpointer program)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("daorian-intake-XXXXXX", &error);
    fixture->file = g_build_filename(fixture->folder, "thai.ts", NULL);
    g_autofree char *path = g_build_filename(fixture->folder, "catalog.sqlite3", NULL);
    write_multiplex(fixture->file);
    fixture->config = server_config_new_default();
    fixture->config->sandbox_required = FALSE;
    fixture->clock = server_clock_new_system();
    fixture->catalog = catalog_threads_new(path, 1, &error);
    g_assert_no_error(error);
    fixture->loop = g_main_loop_new(NULL, FALSE);
    catalog_threads_write_async(fixture->catalog, add_row, fixture, NULL, NULL, on_row_added);
    g_main_loop_run(fixture->loop);
    const FlowsIntakeSetup setup = {
        .config = fixture->config,
        .clock = fixture->clock,
        .catalog = fixture->catalog,
        .media_program = program,
    };
    fixture->intake = flows_intake_new(&setup);
    flows_intake_start(fixture->intake);
}

static void
on_stopped(GObject *source, GAsyncResult *result, gpointer data)
{
    Fixture *fixture = data;
    g_assert_true(flows_intake_stop_finish(fixture->intake, result, NULL));
    g_main_loop_quit(fixture->loop);
}

static void
tear_down(Fixture *fixture, gconstpointer program)
{
    flows_intake_stop_async(fixture->intake, on_stopped, fixture);
    g_main_loop_run(fixture->loop);
    flows_intake_free(fixture->intake);
    catalog_threads_free(fixture->catalog);
    server_clock_free(fixture->clock);
    server_config_free(fixture->config);
    g_main_loop_unref(fixture->loop);
    static const char *const names[] = {"thai.ts", "catalog.sqlite3", "catalog.sqlite3-wal",
                                        "catalog.sqlite3-shm"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(fixture->folder, names[i], NULL);
        g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->file);
    g_free(fixture->id);
}

static gboolean
on_readable(int descriptor, GIOCondition condition, gpointer data)
{
    Reader *reader = data;
    guint8 buffer[PACKET_BYTES * 256];
    ssize_t length = read(descriptor, buffer, sizeof buffer);
    g_assert_cmpint(length % PACKET_BYTES, ==, 0);
    for (ssize_t at = 0; at < length; at += PACKET_BYTES)
        g_assert_cmpuint(buffer[at], ==, 0x47);
    reader->bytes += (gsize)length;
    if (length == 0 || reader->bytes >= reader->wanted)
        g_main_loop_quit(reader->fixture->loop);
    if (length > 0)
        return G_SOURCE_CONTINUE;
    reader->source = 0;
    return G_SOURCE_REMOVE;
}

static void
subscribe(Reader *reader, Fixture *fixture, guint16 service)
{
    int ends[2] = {-1, -1};
    g_assert_true(g_unix_open_pipe(ends, FD_CLOEXEC, NULL));
    *reader = (Reader){.fixture = fixture, .reader = ends[0]};
    reader->number = flows_intake_subscribe(fixture->intake, fixture->id, service, ends[1]);
    g_assert_cmpuint(reader->number, !=, 0);
    reader->source = g_unix_fd_add(ends[0], G_IO_IN | G_IO_HUP, on_readable, reader);
}

static void
read_more(Reader *reader, gsize bytes)
{
    reader->wanted = reader->bytes + bytes;
    while (reader->bytes < reader->wanted)
        g_main_loop_run(reader->fixture->loop); // another reader may end it, too
    reader->wanted = G_MAXSIZE;
}

/* Its end of the pipe is closed by everybody. */
static void
read_to_end(Reader *reader)
{
    reader->wanted = G_MAXSIZE;
    while (reader->source != 0)
        g_main_loop_run(reader->fixture->loop);
    close(reader->reader);
}

static gboolean
on_look(gpointer data)
{
    g_main_loop_quit(((Fixture *)data)->loop);
    return G_SOURCE_CONTINUE;
}

static void
wait_for_state(Fixture *fixture, FlowsIntakeState state)
{
    guint look = g_timeout_add(50, on_look, fixture);
    gboolean there = FALSE;
    while (!there) {
        g_autoptr(FlowsIntakeStatus) status = flows_intake_get_status(fixture->intake, fixture->id);
        there = status->state == state;
        if (!there)
            g_main_loop_run(fixture->loop);
    }
    g_source_remove(look);
}

/* Kills every child of this process that is an intake child. */
static void
kill_children(void)
{
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", getpid());
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) words = g_strsplit(g_strstrip(text), " ", -1);
    g_assert_nonnull(words[0]);
    for (guint i = 0; words[i] != NULL; i++)
        kill((pid_t)g_ascii_strtoll(words[i], NULL, 10), SIGKILL);
}

static void
test_feeds_go_on(Fixture *fixture, gconstpointer program)
{
    Reader one, two;
    subscribe(&one, fixture, 101);
    read_more(&one, 300000);
    subscribe(&two, fixture, 103); // the same child
    read_more(&two, 20000);
    wait_for_state(fixture, FLOWS_INTAKE_STATE_RECEIVING);
    kill_children();
    wait_for_state(fixture, FLOWS_INTAKE_STATE_WAITING);
    read_more(&one, 300000); // the pipe stayed open, and packets come again
    read_more(&two, 20000);
    flows_intake_unsubscribe(fixture->intake, one.number);
    read_to_end(&one);
    read_more(&two, 20000);
    flows_intake_unsubscribe(fixture->intake, two.number);
    read_to_end(&two);
    wait_for_state(fixture, FLOWS_INTAKE_STATE_IDLE);
}

static void
test_stop_in_the_midst(Fixture *fixture, gconstpointer program)
{
    Reader one;
    subscribe(&one, fixture, 102);
    flows_intake_scan(fixture->intake, fixture->id);
    read_more(&one, 50000);
    flows_intake_reload(fixture->intake, fixture->id);
    flows_intake_scan(fixture->intake, "01900000-0000-7000-8000-000000000000");
    g_source_remove(one.source);
    close(one.reader); // nobody reads, nobody says so, and the supervisor is stopped
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    g_test_add("/intake/feeds-go-on", Fixture, argv[1], set_up, test_feeds_go_on, tear_down);
    g_test_add("/intake/stop", Fixture, argv[1], set_up, test_stop_in_the_midst, tear_down);
    return g_test_run();
}
