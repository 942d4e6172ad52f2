// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is under way holds a reference, so that whoever frees it need not wait for it.
#include "pipelines/intake/stream.h"

#include <gio/gio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "pipelines/intake/smooth.h"
#include "pipelines/tables/health.h"

#define PIECE_BYTES (256 * 1024)
#define HTTP_SECONDS 15 // without an answer or a byte

struct _IntakeStream {
    gatomicrefcount references; // (atomic)
    IntakeStreamFuncs funcs;    // (value)
    gpointer data;              // (unowned) for funcs
    GCancellable *cancellable;  // (owned)
    SoupSession *session;       // (owned) (nullable)
    SoupMessage *message;       // (owned) (nullable)
    GInputStream *input;        // (owned) (nullable)
    guint8 *piece;              // (owned) PIECE_BYTES
    IntakeSmooth *smooth;       // (owned) (nullable) where it has an end and a pace is wanted
    GError *reason;             // (owned) (nullable) why it ends
    gboolean paced;             // (value) wanted
    gboolean held;              // (value) waits for room
    gboolean ending;            // (value) nothing more is read
    gboolean endless;           // (value) has no end of its own
    gboolean begun;             // (value) something came
    gboolean leaving;           // (value)
    gboolean over;              // (value) ended was told, or nobody listens
};

static void
unref(IntakeStream *stream)
{
    if (!g_atomic_ref_count_dec(&stream->references))
        return;
    g_object_unref(stream->cancellable);
    g_clear_error(&stream->reason);
    g_clear_object(&stream->input);
    g_clear_object(&stream->message);
    g_clear_object(&stream->session);
    g_free(stream->piece);
    g_free(stream);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeStream, unref)

static IntakeStream *
ref(IntakeStream *stream)
{
    g_atomic_ref_count_inc(&stream->references);
    return stream;
}

static void
on_smooth_drained(gpointer data)
{
    IntakeStream *stream = data;
    if (!stream->over)
        stream->funcs.ended(stream->leaving ? NULL : stream->reason, stream->data);
    stream->over = TRUE;
}

/* Who leaves does not wait for what is held. */
static void
end(IntakeStream *stream, const GError *error)
{
    stream->ending = TRUE;
    if (stream->reason == NULL && error != NULL)
        stream->reason = g_error_copy(error);
    if (stream->smooth != NULL && !stream->leaving && !stream->over)
        intake_smooth_finish(stream->smooth);
    else
        on_smooth_drained(stream);
}

static void on_input_read(GObject *source, GAsyncResult *result, gpointer data);

static void
read_on(IntakeStream *stream)
{
    stream->held = stream->smooth != NULL && intake_smooth_is_full(stream->smooth);
    if (!stream->held)
        g_input_stream_read_async(stream->input, stream->piece, PIECE_BYTES, G_PRIORITY_DEFAULT,
                                  stream->cancellable, on_input_read, ref(stream));
}

static void
on_smooth_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    IntakeStream *stream = data;
    stream->funcs.received(bytes, length, now_us, stream->data);
}

static void
on_smooth_room(gpointer data)
{
    IntakeStream *stream = data;
    if (stream->held && !stream->over && !stream->leaving)
        read_on(stream);
}

static void
take_piece(IntakeStream *stream, gsize length)
{
    gint64 now_us = stream->endless ? g_get_monotonic_time() : TABLES_HEALTH_NO_TIME;
    stream->begun = TRUE;
    if (stream->smooth != NULL)
        intake_smooth_push(stream->smooth, stream->piece, length);
    else
        stream->funcs.received(stream->piece, length, now_us, stream->data);
}

static void
on_input_read(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(IntakeStream) stream = data;
    g_autoptr(GError) error = NULL;
    gssize length = g_input_stream_read_finish(stream->input, result, &error);
    if (length <= 0 || stream->over || stream->leaving) {
        end(stream, error);
        return;
    }
    if (!stream->begun && stream->session != NULL && length >= 7 &&
        memcmp(stream->piece, "#EXTM3U", 7) == 0) {
        g_autoptr(GError) refusal = g_error_new(G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "HLS");
        end(stream, refusal);
        return;
    }
    take_piece(stream, (gsize)length);
    if (stream->over || stream->leaving)
        end(stream, NULL);
    else
        read_on(stream);
}

/* A server that has all of it sends it as fast as it is taken. */
static void
set_pace(IntakeStream *stream)
{
    static const IntakeSmoothFuncs funcs = {on_smooth_received, on_smooth_room, on_smooth_drained};
    if (stream->paced && !stream->endless)
        stream->smooth = intake_smooth_new(&funcs, stream);
}

static void
on_session_answered(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(IntakeStream) stream = data;
    g_autoptr(GError) error = NULL;
    stream->input = soup_session_send_finish(SOUP_SESSION(source), result, &error);
    if (stream->input == NULL || stream->over || stream->leaving) {
        end(stream, error);
        return;
    }
    guint status = soup_message_get_status(stream->message);
    if (status != SOUP_STATUS_OK) {
        g_autoptr(GError) refusal = g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED, "HTTP %u", status);
        end(stream, refusal);
        return;
    }
    SoupMessageHeaders *headers = soup_message_get_response_headers(stream->message);
    stream->endless = soup_message_headers_get_encoding(headers) != SOUP_ENCODING_CONTENT_LENGTH;
    set_pace(stream);
    stream->funcs.opened(stream->endless, stream->data);
    read_on(stream);
}

static gboolean
open_http(IntakeStream *stream, const char *uri, GError **error)
{
    // No proxy resolver: it would look for settings that a child in its sandbox has not.
    stream->session =
        soup_session_new_with_options("timeout", HTTP_SECONDS, "user-agent",
                                      "daorian/" DAORIAN_VERSION, "proxy-resolver", NULL, NULL);
    stream->message = soup_message_new(SOUP_METHOD_GET, uri);
    if (stream->message == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "this URL is not valid");
        return FALSE;
    }
    soup_session_send_async(stream->session, stream->message, G_PRIORITY_DEFAULT,
                            stream->cancellable, on_session_answered, ref(stream));
    return TRUE;
}

static gboolean
open_file(IntakeStream *stream, const char *path, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    stream->input = G_INPUT_STREAM(g_file_read(file, NULL, error));
    if (stream->input == NULL)
        return FALSE;
    stream->funcs.opened(FALSE, stream->data);
    read_on(stream);
    return TRUE;
}

IntakeStream *
intake_stream_open(const IntakeAddress *address, gboolean paced, const IntakeStreamFuncs *funcs,
                   gpointer data, GError **error)
{
    g_autoptr(IntakeStream) stream = g_new0(IntakeStream, 1);
    g_atomic_ref_count_init(&stream->references);
    stream->funcs = *funcs;
    stream->data = data;
    stream->paced = paced;
    stream->cancellable = g_cancellable_new();
    stream->piece = g_malloc(PIECE_BYTES);
    gboolean opened = address->kind == INTAKE_ADDRESS_FILE ? open_file(stream, address->path, error)
                                                           : open_http(stream, address->uri, error);
    return opened ? g_steal_pointer(&stream) : NULL;
}

gboolean
intake_stream_was_playlist(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) &&
           strcmp(error->message, "HLS") == 0;
}

void
intake_stream_leave(IntakeStream *stream)
{
    stream->leaving = TRUE;
    g_cancellable_cancel(stream->cancellable);
    if (stream->held || stream->ending)
        end(stream, NULL);
}

void
intake_stream_free(IntakeStream *stream)
{
    stream->over = TRUE;
    g_clear_pointer(&stream->smooth, intake_smooth_free);
    g_cancellable_cancel(stream->cancellable);
    unref(stream);
}
