// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// GSocketClient connects, since GstRTSPConnection would block; a GstRTSPWatch does the rest. The
// watch must outlive its own callbacks, so whoever frees from inside one frees a moment later. The
// library reads a message to its end while bytes are there: a tap between it and the server hands
// them on in pieces, and ends a message without end.
#include "pipelines/intake/rtsp.h"

#include <gio/gio.h>
#include <string.h>

#include "pipelines/intake/error.h"
#include "pipelines/intake/tap.h"

#define BODY_BYTES_MAX 65536
#define BACKLOG_BYTES 65536

struct _IntakeRtsp {
    IntakeRtspFuncs funcs;     // (value) empty once it failed or is freed
    gpointer data;             // (unowned) for funcs
    GCancellable *cancellable; // (owned) of connecting
    GSocketConnection *stream; // (owned) (nullable) closes the socket
    IntakeTap *tap;            // (owned) (nullable)
    GstRTSPConnection *conn;   // (owned) (nullable)
    GstRTSPWatch *watch;       // (owned) (nullable)
    GSource *deadline;         // (owned) (nullable)
    guint wait_ms;             // (value)
    guint asked;               // (value) CSeq of the last question
    gboolean waiting;          // (value)
    gboolean connecting;       // (value) on_client_connected() is still to come
    guint inside;              // (value) callbacks at work
    gboolean dying;            // (value) freed from inside one
    gboolean doomed;           // (value) on_idle_destroy() is on its way
};

static void
stop_deadline(IntakeRtsp *rtsp)
{
    if (rtsp->deadline != NULL)
        g_source_destroy(rtsp->deadline);
    g_clear_pointer(&rtsp->deadline, g_source_unref);
}

static void
fail(IntakeRtsp *rtsp, GError *taken)
{
    g_autoptr(GError) error = taken;
    IntakeRtspFuncs funcs = rtsp->funcs;
    stop_deadline(rtsp);
    rtsp->funcs = (IntakeRtspFuncs){0};
    rtsp->waiting = FALSE;
    if (funcs.failed != NULL)
        funcs.failed(error, rtsp->data);
}

static void
destroy(IntakeRtsp *rtsp)
{
    if (rtsp->watch != NULL) {
        g_source_destroy((GSource *)rtsp->watch);
        gst_rtsp_watch_unref(rtsp->watch);
    }
    if (rtsp->conn != NULL)
        gst_rtsp_connection_free(rtsp->conn);
    g_clear_pointer(&rtsp->tap, intake_tap_free);
    g_clear_object(&rtsp->stream);
    g_clear_object(&rtsp->cancellable);
    g_free(rtsp);
}

static gboolean
on_idle_destroy(gpointer data)
{
    destroy(data);
    return G_SOURCE_REMOVE;
}

static void
attach(GSource *source, GSourceFunc func, IntakeRtsp *rtsp)
{
    g_source_set_callback(source, func, rtsp, NULL);
    g_source_attach(source, g_main_context_get_thread_default());
}

void
intake_rtsp_free(IntakeRtsp *rtsp)
{
    rtsp->funcs = (IntakeRtspFuncs){0};
    stop_deadline(rtsp);
    g_cancellable_cancel(rtsp->cancellable);
    if (rtsp->dying)
        return;
    rtsp->dying = rtsp->inside > 0 || rtsp->connecting;
    if (!rtsp->dying)
        destroy(rtsp);
    // else leave() or on_client_connected() does
}

static void
enter(IntakeRtsp *rtsp)
{
    rtsp->inside++;
}

static GstRTSPResult
leave(IntakeRtsp *rtsp)
{
    rtsp->inside--;
    // The watch may call again before the idle source does.
    if (rtsp->inside == 0 && rtsp->dying && !rtsp->connecting && !rtsp->doomed) {
        rtsp->doomed = TRUE;
        g_autoptr(GSource) idle = g_idle_source_new();
        g_source_set_priority(idle, G_PRIORITY_DEFAULT);
        attach(idle, on_idle_destroy, rtsp);
    }
    return GST_RTSP_OK;
}

static gboolean
on_deadline_passed(gpointer data)
{
    IntakeRtsp *rtsp = data;
    enter(rtsp);
    if (rtsp->conn == NULL)
        fail(rtsp, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_UNREACHABLE,
                                       "the connection took too long"));
    else
        fail(rtsp, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_SILENT, "no answer came"));
    leave(rtsp);
    return G_SOURCE_REMOVE;
}

static void
start_deadline(IntakeRtsp *rtsp)
{
    stop_deadline(rtsp);
    rtsp->deadline = g_timeout_source_new(rtsp->wait_ms);
    attach(rtsp->deadline, on_deadline_passed, rtsp);
}

static const char *
get_header(GstRTSPMessage *message, const char *name)
{
    char *value = NULL;
    gst_rtsp_message_get_header_by_name(message, name, &value, 0);
    return value;
}

static void
take_answer(IntakeRtsp *rtsp, GstRTSPMessage *message)
{
    GstRTSPStatusCode code = GST_RTSP_STS_INVALID;
    const char *reason = NULL;
    guint64 number = 0;
    guint8 *body = NULL;
    guint length = 0;
    gst_rtsp_message_parse_response(message, &code, &reason, NULL);
    const char *sequence = get_header(message, "CSeq");
    if (!rtsp->waiting || (sequence != NULL &&
                           g_ascii_string_to_unsigned(sequence, 10, 0, G_MAXUINT, &number, NULL) &&
                           number != rtsp->asked))
        return; // to nothing that was asked
    gst_rtsp_message_get_body(message, &body, &length);
    g_autofree char *text = length > 0 ? g_strndup((const char *)body, length) : NULL;
    const IntakeRtspAnswer answer = {
        .status = (guint)code,
        .reason = reason,
        .session = get_header(message, "Session"),
        .transport = get_header(message, "Transport"),
        .stream_id = get_header(message, "com.ses.streamID"),
        .location = get_header(message, "Location"),
        .body = text,
    };
    stop_deadline(rtsp);
    rtsp->waiting = FALSE;
    if (rtsp->funcs.answered != NULL)
        rtsp->funcs.answered(&answer, rtsp->data);
}

static GstRTSPResult
on_watch_message(GstRTSPWatch *watch, GstRTSPMessage *message, gpointer data)
{
    IntakeRtsp *rtsp = data;
    enter(rtsp);
    intake_tap_note_message(rtsp->tap);
    if (gst_rtsp_message_get_type(message) == GST_RTSP_MESSAGE_RESPONSE) {
        take_answer(rtsp, message);
    } else if (gst_rtsp_message_get_type(message) == GST_RTSP_MESSAGE_DATA) {
        guint8 channel = 0, *bytes = NULL;
        guint length = 0;
        gst_rtsp_message_parse_data(message, &channel);
        gst_rtsp_message_get_body(message, &bytes, &length);
        if (rtsp->funcs.received != NULL && length > 0)
            rtsp->funcs.received(channel, bytes, length, rtsp->data);
    }
    return leave(rtsp);
}

static GstRTSPResult
on_watch_closed(GstRTSPWatch *watch, gpointer data)
{
    IntakeRtsp *rtsp = data;
    enter(rtsp);
    fail(rtsp, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_GONE, "the server hung up"));
    return leave(rtsp);
}

static GstRTSPResult
on_watch_error(GstRTSPWatch *watch, GstRTSPResult result, gpointer data)
{
    IntakeRtsp *rtsp = data;
    g_autofree char *what = gst_rtsp_strresult(result);
    IntakeError code = result == GST_RTSP_EPARSE ? INTAKE_ERROR_PROTOCOL : INTAKE_ERROR_GONE;
    enter(rtsp);
    fail(rtsp, g_error_new_literal(INTAKE_ERROR, (gint)code, what));
    return leave(rtsp);
}

static void
on_tap_flooded(gpointer data)
{
    IntakeRtsp *rtsp = data;
    enter(rtsp);
    fail(rtsp,
         g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_PROTOCOL, "a message came without an end"));
    leave(rtsp);
}

static gboolean
start_watch(IntakeRtsp *rtsp)
{
    GstRTSPWatchFuncs funcs = {
        .message_received = on_watch_message,
        .closed = on_watch_closed,
        .error = on_watch_error,
    };
    rtsp->tap =
        intake_tap_new(g_socket_connection_get_socket(rtsp->stream), on_tap_flooded, rtsp, NULL);
    if (rtsp->tap == NULL)
        return FALSE;
    g_autoptr(GInetAddress) remote = intake_rtsp_get_remote(rtsp);
    g_autofree char *ip = remote != NULL ? g_inet_address_to_string(remote) : g_strdup("");
    if (gst_rtsp_connection_create_from_socket(intake_tap_get_inside(rtsp->tap), ip, 0, NULL,
                                               &rtsp->conn) != GST_RTSP_OK)
        return FALSE;
    gst_rtsp_connection_set_remember_session_id(rtsp->conn, FALSE);
    gst_rtsp_connection_set_content_length_limit(rtsp->conn, BODY_BYTES_MAX);
    rtsp->watch = gst_rtsp_watch_new(rtsp->conn, &funcs, rtsp, NULL);
    gst_rtsp_watch_set_send_backlog(rtsp->watch, BACKLOG_BYTES, 0);
    gst_rtsp_watch_attach(rtsp->watch, g_main_context_get_thread_default());
    return TRUE;
}

static void
on_client_connected(GObject *source, GAsyncResult *result, gpointer data)
{
    IntakeRtsp *rtsp = data;
    g_autoptr(GError) error = NULL;
    rtsp->stream = g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(source), result, &error);
    rtsp->connecting = FALSE;
    if (rtsp->dying) {
        destroy(rtsp);
        return;
    }
    if (rtsp->funcs.failed == NULL) // too late
        return;
    rtsp->waiting = FALSE;
    enter(rtsp);
    stop_deadline(rtsp);
    if (rtsp->stream == NULL)
        fail(rtsp, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_UNREACHABLE, error->message));
    else if (!start_watch(rtsp))
        fail(rtsp, g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_GONE, "the server hung up"));
    else if (rtsp->funcs.opened != NULL)
        rtsp->funcs.opened(rtsp->data);
    leave(rtsp);
}

IntakeRtsp *
intake_rtsp_new(const IntakeRtspPlace *place, const IntakeRtspFuncs *funcs, gpointer data)
{
    IntakeRtsp *rtsp = g_new0(IntakeRtsp, 1);
    g_autoptr(GSocketClient) client = g_socket_client_new();
    rtsp->funcs = *funcs;
    rtsp->data = data;
    rtsp->wait_ms = place->wait_ms;
    rtsp->cancellable = g_cancellable_new();
    rtsp->waiting = TRUE;
    rtsp->connecting = TRUE;
    g_socket_client_set_enable_proxy(client, FALSE);
    start_deadline(rtsp);
    g_socket_client_connect_to_host_async(client, place->host, place->port, rtsp->cancellable,
                                          on_client_connected, rtsp);
    return rtsp;
}

void
intake_rtsp_send(IntakeRtsp *rtsp, const IntakeRtspRequest *request)
{
    GstRTSPMessage *message = NULL;
    g_return_if_fail(rtsp->watch != NULL && !rtsp->waiting);
    gst_rtsp_message_new_request(&message, request->method, request->uri);
    gst_rtsp_message_add_header(message, GST_RTSP_HDR_USER_AGENT, "daorian/" DAORIAN_VERSION);
    if (request->session != NULL)
        gst_rtsp_message_add_header(message, GST_RTSP_HDR_SESSION, request->session);
    if (request->transport != NULL)
        gst_rtsp_message_add_header(message, GST_RTSP_HDR_TRANSPORT, request->transport);
    rtsp->asked++; // as the connection counts
    rtsp->waiting = TRUE;
    start_deadline(rtsp);
    // What cannot be sent is told by the watch, or by the deadline.
    gst_rtsp_watch_send_message(rtsp->watch, message, NULL);
    gst_rtsp_message_free(message);
}

gboolean
intake_rtsp_is_waiting(const IntakeRtsp *rtsp)
{
    return rtsp->waiting;
}

static GInetAddress *
get_inet(GSocketAddress *address)
{
    GInetAddress *inet = NULL;
    if (address != NULL && G_IS_INET_SOCKET_ADDRESS(address))
        inet = g_object_ref(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
    g_clear_object(&address);
    return inet;
}

GInetAddress *
intake_rtsp_get_local(const IntakeRtsp *rtsp)
{
    return get_inet(g_socket_connection_get_local_address(rtsp->stream, NULL));
}

GInetAddress *
intake_rtsp_get_remote(const IntakeRtsp *rtsp)
{
    return get_inet(g_socket_connection_get_remote_address(rtsp->stream, NULL));
}
