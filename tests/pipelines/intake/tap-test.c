// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The tap between a stranger's socket and a library: whole bytes in both directions, ends, floods.
#include "pipelines/intake/tap.h"

#include <string.h>
#include <sys/socket.h>

#define MANY_BYTES (3 * 1024 * 1024) // far more than the sockets hold

typedef struct {
    GSocket *stranger; // (owned)
    GSocket *outside;  // (owned)
    IntakeTap *tap;    // (owned)
    guint floods;      // (value)
} Line;

static void
on_flooded(gpointer data)
{
    Line *line = data;
    line->floods++;
}

static void
set_up(Line *line, gconstpointer data)
{
    int ends[2] = {-1, -1};
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
    line->stranger = g_socket_new_from_fd(ends[0], NULL);
    line->outside = g_socket_new_from_fd(ends[1], NULL);
    line->tap = intake_tap_new(line->outside, on_flooded, line, NULL);
    g_assert_nonnull(line->tap);
    g_socket_set_blocking(line->stranger, FALSE);
    g_socket_set_blocking(intake_tap_get_inside(line->tap), FALSE);
}

static void
tear_down(Line *line, gconstpointer data)
{
    g_clear_pointer(&line->tap, intake_tap_free);
    g_clear_object(&line->outside);
    g_clear_object(&line->stranger);
}

static guint8
get_byte(gsize position)
{
    return (guint8)(position * 31 + position / 251);
}

/* Writes what fits and reads what came. FALSE once the end was read. */
static gboolean
exchange(GSocket *writer, GSocket *reader, gsize *written, gsize *read)
{
    guint8 piece[4096];
    gsize count = MIN(sizeof piece, MANY_BYTES - *written);
    for (gsize i = 0; i < count; i++)
        piece[i] = get_byte(*written + i);
    gssize went = count > 0 ? g_socket_send(writer, (char *)piece, count, NULL, NULL) : 0;
    *written += (gsize)MAX(went, 0);
    gssize came = g_socket_receive(reader, (char *)piece, sizeof piece, NULL, NULL);
    for (gssize i = 0; i < came; i++)
        g_assert_cmpuint(piece[i], ==, get_byte(*read + (gsize)i));
    *read += (gsize)MAX(came, 0);
    return came != 0;
}

static void
check_direction(Line *line, GSocket *writer, GSocket *reader)
{
    gsize written = 0, read = 0;
    while (read < MANY_BYTES) {
        g_assert_true(exchange(writer, reader, &written, &read));
        intake_tap_note_message(line->tap);
        g_main_context_iteration(NULL, FALSE);
    }
    g_assert_true(g_socket_shutdown(writer, FALSE, TRUE, NULL));
    while (exchange(writer, reader, &written, &read))
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(read, ==, MANY_BYTES);
    g_assert_cmpuint(line->floods, ==, 0);
}

static void
test_in(Line *line, gconstpointer data)
{
    check_direction(line, line->stranger, intake_tap_get_inside(line->tap));
}

static void
test_out(Line *line, gconstpointer data)
{
    check_direction(line, intake_tap_get_inside(line->tap), line->stranger);
}

static void
test_flood(Line *line, gconstpointer data)
{
    gsize written = 0, read = 0;
    while (line->floods == 0) {
        g_assert_true(exchange(line->stranger, intake_tap_get_inside(line->tap), &written, &read));
        g_assert_cmpuint(read, <=, INTAKE_TAP_MESSAGE_BYTES_MAX);
        g_main_context_iteration(NULL, FALSE);
    }
    g_assert_cmpuint(written, >, INTAKE_TAP_MESSAGE_BYTES_MAX);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(line->floods, ==, 1);
}

static void
test_freed_in_mid_flow(Line *line, gconstpointer data)
{
    gsize written = 0, read = 0;
    for (guint i = 0; i < 10; i++) {
        exchange(line->stranger, intake_tap_get_inside(line->tap), &written, &read);
        g_main_context_iteration(NULL, FALSE);
    }
    g_clear_pointer(&line->tap, intake_tap_free);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(line->floods, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/intake/tap/in", Line, NULL, set_up, test_in, tear_down);
    g_test_add("/intake/tap/out", Line, NULL, set_up, test_out, tear_down);
    g_test_add("/intake/tap/flood", Line, NULL, set_up, test_flood, tear_down);
    g_test_add("/intake/tap/freed", Line, NULL, set_up, test_freed_in_mid_flow, tear_down);
    return g_test_run();
}
