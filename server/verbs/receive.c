// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Files and HTTP are streams read piece by piece, datagrams come by themselves; all end in one
// place.
#include "server/verbs/receive.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <libsoup/soup.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

#include "pipelines/intake/datagrams.h"
#include "pipelines/intake/dvb.h"
#include "pipelines/intake/error.h"
#include "pipelines/intake/satip.h"
#include "server/verbs/common.h"
#include "server/verbs/tuner.h"

#define PIECE_BYTES (256 * 1024)
#define GUIDE_BYTES_MAX (256 * 1024 * 1024)
#define HTTP_SECONDS 15 // without an answer or a byte
#define SECONDS_MAX 86400
#define PATIENCE 1 // after the first, a SAT>IP client has another way of sending to try

typedef struct {
    const VerbsReceiveOrder *order; // (unowned)
    TablesDemux *demux;             // (owned)
    GMainLoop *loop;                // (owned)
    GCancellable *cancellable;      // (owned)
    SoupSession *session;           // (owned) (nullable)
    SoupMessage *message;           // (owned) (nullable)
    GInputStream *stream;           // (owned) (nullable)
    IntakeAddress *address;         // (owned)
    IntakeDatagrams *datagrams;     // (owned) (nullable)
    IntakeSatip *satip;             // (owned) (nullable)
    IntakeDvb *dvb;                 // (owned) (nullable)
    IntakeSignal signal;            // (value) of a tuner
    guint wanted_version;           // (value) of the demux, as the tuner was told
    guint8 *piece;                  // (owned) PIECE_BYTES
    GError *error;                  // (owned) (nullable) why it ended early
    guint64 bytes;                  // (value) that came
    guint patience;                 // (value) failures of a tuner until that is its answer
    gboolean endless;               // (value) has no end of its own
    gboolean waiting;               // (value) a read is under way
    gboolean over;                  // (value) nothing more is wanted
} Receive;

void
verbs_receive_clear(VerbsReceiveOptions *options)
{
    g_clear_pointer(&options->text_default, g_free);
    g_clear_pointer(&options->language, g_free);
}

static const char addresses[] =
    "URI:\n"
    "  FILE.ts\n"
    "  udp://239.1.1.1:5004?interface=eth1    rtp://…    http://…\n"
    "  satip://SERVER/?src=1&freq=11778&pol=v&msys=dvbs2&sr=27500[&pids=all][&transport=tcp]\n"
    "  satip://SERVER/?freq=626&bw=8&msys=dvbt2&plp=0\n"
    "  dvb://?adapter=0&msys=dvbs2&freq=11778&pol=v&sr=27500&lnb=universal[&committed=0]\n"
    "  dvb://?msys=dvbs2&freq=11778&pol=v&sr=27500&unicable=en50494&ub=1&ubfreq=1210\n"
    "  dvb://?msys=dvbt2&freq=626&bw=8\n";

static int
check_options(VerbsReceiveOptions *options)
{
    if (options->seconds < 0 || options->seconds > SECONDS_MAX)
        return verbs_common_complain(EX_USAGE, "--seconds ต้องอยู่ระหว่าง 1 ถึง 86400",
                                     "--seconds is a number from 1 to 86400");
    if (options->text_default != NULL &&
        !tables_text_parse_code(options->text_default, &options->fallback))
        return verbs_common_complain(
            EX_USAGE,
            "--text-default ไม่รู้จักรหัสอักษรนี้ ใช้ tis-620, cp874, iso-6937, iso-8859-1 ถึง 15, utf-8, "
            "euc-kr หรือ gb2312",
            "--text-default is tis-620, cp874, iso-6937, iso-8859-1 to 15, utf-8, euc-kr or "
            "gb2312");
    return EX_OK;
}

int
verbs_receive_parse(VerbsReceiveOptions *options, int *argc, char ***argv, const char *summary)
{
    const GOptionEntry entries[] = {
        {"seconds", 0, 0, G_OPTION_ARG_INT, &options->seconds,
         verbs_common_say("ฟังนานที่สุดกี่วินาที (แฟ้มอ่านจนจบ)",
                          "How long to listen at most (a file is read to its end)"),
         "N"},
        {"text", 0, 0, G_OPTION_ARG_NONE, &options->text,
         verbs_common_say("แสดงเป็นข้อความให้คนอ่าน แทนบรรทัด JSON", "Print for people, not JSON lines"),
         NULL},
        {"text-default", 0, 0, G_OPTION_ARG_STRING, &options->text_default,
         verbs_common_say("รหัสอักษรของเครือข่ายนี้เมื่อไม่ได้ระบุไว้ เช่น tis-620",
                          "What unmarked text of this network is, for instance tis-620"),
         "NAME"},
        {"language", 0, 0, G_OPTION_ARG_STRING, &options->language,
         verbs_common_say("ภาษาที่ต้องการก่อน เช่น tha", "Language wanted first, for instance tha"),
         "CODE"},
        {"all", 0, 0, G_OPTION_ARG_NONE, &options->all,
         verbs_common_say("รวมช่องของมัลติเพล็กซ์อื่นด้วย", "Other multiplexes too"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(VerbsCommon) common = {0};
    g_autofree char *more = g_strconcat(summary, "\n\n", addresses, NULL);
    int exit_code = verbs_common_parse(&common, argc, argv, "URI", more, entries);
    if (exit_code != EX_OK)
        return exit_code;
    if (*argc != 2)
        return verbs_common_complain(
            EX_USAGE, "โปรดระบุที่อยู่หนึ่งแห่ง เช่น แฟ้ม .ts หรือ udp://239.1.1.1:5004",
            "say one address: a .ts file, or for instance udp://239.1.1.1:5004");
    options->uri = (*argv)[1];
    return check_options(options);
}

/* Whatever ends it; the loop is left when no read is under way. */
static void
end(Receive *receive, GError *error)
{
    if (receive->error == NULL && !receive->over)
        receive->error = error;
    else
        g_clear_error(&error);
    receive->over = TRUE;
    g_cancellable_cancel(receive->cancellable);
    if (receive->satip != NULL)
        intake_satip_leave(receive->satip); // the loop is left when it is OVER
    else if (!receive->waiting)
        g_main_loop_quit(receive->loop);
}

static gboolean
on_deadline(gpointer data)
{
    end(data, NULL);
    return G_SOURCE_CONTINUE;
}

static void
take(Receive *receive, const guint8 *bytes, gsize length, gint64 now_us)
{
    const VerbsReceiveOrder *order = receive->order;
    receive->bytes += length;
    tables_demux_push(receive->demux, bytes, length, now_us);
    if (receive->endless && order->is_enough != NULL && order->is_enough(receive->demux))
        end(receive, NULL);
}

static void
on_datagram(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    take(data, bytes, length, now_us);
}

static void
start_deadline(Receive *receive)
{
    int typed = receive->order->options->seconds;
    int seconds = typed > 0 ? typed : receive->order->seconds;
    if (typed > 0 || receive->endless)
        g_timeout_add_seconds((guint)seconds, on_deadline, receive);
}

/* A tuner sends the PIDs that it is asked for: those of tables. */
static void
follow_tables(Receive *receive)
{
    IntakePids pids = {.all = FALSE};
    for (guint pid = 0; pid < INTAKE_PIDS_COUNT; pid++)
        if (tables_demux_is_wanted(receive->demux, (guint16)pid))
            intake_pids_add(&pids, (guint16)pid);
    receive->wanted_version = tables_demux_get_wanted_version(receive->demux);
    intake_satip_set_pids(receive->satip, &pids);
}

static void
on_satip_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    Receive *receive = data;
    if (receive->over)
        return;
    receive->signal = intake_satip_get_signal(receive->satip);
    take(receive, bytes, length, now_us);
    if (!receive->over &&
        receive->wanted_version != tables_demux_get_wanted_version(receive->demux))
        follow_tables(receive);
}

/* What fails before anything came is told at once; later it is waited for. */
static void
on_satip_changed(IntakeSatipState state, const GError *error, gpointer data)
{
    Receive *receive = data;
    TablesHealthTotal total = tables_health_get_total(tables_demux_get_health(receive->demux));
    if (state == INTAKE_SATIP_LEAVING)
        receive->signal = intake_satip_get_signal(receive->satip);
    if (state == INTAKE_SATIP_OVER)
        g_main_loop_quit(receive->loop);
    else if (error != NULL && total.packets > 0)
        verbs_tuner_report(receive->address, error);
    else if (error != NULL && receive->patience-- == 0)
        end(receive, g_error_copy(error));
}

static void
on_dvb_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    Receive *receive = data;
    if (!receive->over)
        take(receive, bytes, length, now_us);
}

static void
on_dvb_failed(const GError *error, gpointer data)
{
    end(data, g_error_copy(error));
}

static gboolean
open_dvb(Receive *receive, GError **error)
{
    static const IntakeDvbFuncs funcs = {.received = on_dvb_received, .failed = on_dvb_failed};
    receive->endless = TRUE;
    receive->dvb = intake_dvb_open(receive->address, &funcs, receive, error);
    start_deadline(receive);
    return receive->dvb != NULL;
}

static gboolean
open_satip(Receive *receive, GError **error)
{
    static const IntakeSatipFuncs funcs = {
        .received = on_satip_received,
        .changed = on_satip_changed,
    };
    receive->endless = TRUE;
    receive->satip = intake_satip_open(receive->address, NULL, &funcs, receive, error);
    if (receive->satip == NULL)
        return FALSE;
    follow_tables(receive);
    start_deadline(receive);
    return TRUE;
}

static void on_stream_read(GObject *source, GAsyncResult *result, gpointer data);

static void
read_on(Receive *receive)
{
    receive->waiting = TRUE;
    g_input_stream_read_async(receive->stream, receive->piece, PIECE_BYTES, G_PRIORITY_DEFAULT,
                              receive->cancellable, on_stream_read, receive);
}

static void
on_stream_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Receive *receive = data;
    GError *error = NULL;
    gssize length = g_input_stream_read_finish(receive->stream, result, &error);
    gboolean first = tables_health_get_total(tables_demux_get_health(receive->demux)).packets == 0;
    receive->waiting = FALSE;
    if (length <= 0 || receive->over) {
        end(receive, error);
        return;
    }
    if (first && length >= 7 && memcmp(receive->piece, "#EXTM3U", 7) == 0) {
        end(receive, g_error_new(G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "HLS"));
        return;
    }
    take(receive, receive->piece, (gsize)length,
         receive->endless ? g_get_monotonic_time() : TABLES_HEALTH_NO_TIME);
    if (receive->over)
        end(receive, NULL);
    else
        read_on(receive);
}

static void
on_session_answered(GObject *source, GAsyncResult *result, gpointer data)
{
    Receive *receive = data;
    GError *error = NULL;
    receive->waiting = FALSE;
    receive->stream = soup_session_send_finish(SOUP_SESSION(source), result, &error);
    if (receive->stream == NULL || receive->over) {
        end(receive, error);
        return;
    }
    guint status = soup_message_get_status(receive->message);
    if (status != SOUP_STATUS_OK) {
        end(receive, g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED, "HTTP %u", status));
        return;
    }
    SoupMessageHeaders *headers = soup_message_get_response_headers(receive->message);
    receive->endless = soup_message_headers_get_encoding(headers) != SOUP_ENCODING_CONTENT_LENGTH;
    start_deadline(receive);
    read_on(receive);
}

static gboolean
open_http(Receive *receive, const IntakeAddress *address, GError **error)
{
    receive->session = soup_session_new_with_options("timeout", HTTP_SECONDS, "user-agent",
                                                     "daorian/" DAORIAN_VERSION, NULL);
    receive->message = soup_message_new(SOUP_METHOD_GET, address->uri);
    if (receive->message == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "this URL is not valid");
        return FALSE;
    }
    receive->waiting = TRUE;
    soup_session_send_async(receive->session, receive->message, G_PRIORITY_DEFAULT,
                            receive->cancellable, on_session_answered, receive);
    return TRUE;
}

static gboolean
open_file(Receive *receive, const IntakeAddress *address, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(address->path);
    receive->stream = G_INPUT_STREAM(g_file_read(file, NULL, error));
    if (receive->stream == NULL)
        return FALSE;
    start_deadline(receive);
    read_on(receive);
    return TRUE;
}

static gboolean
open_address(Receive *receive, const IntakeAddress *address, GError **error)
{
    switch (address->kind) {
    case INTAKE_ADDRESS_FILE:
        return open_file(receive, address, error);
    case INTAKE_ADDRESS_HTTP:
        return open_http(receive, address, error);
    case INTAKE_ADDRESS_UDP:
    case INTAKE_ADDRESS_RTP:
        receive->endless = TRUE;
        receive->datagrams = intake_datagrams_open(address, on_datagram, receive, error);
        start_deadline(receive);
        return receive->datagrams != NULL;
    case INTAKE_ADDRESS_SATIP:
        return open_satip(receive, error);
    case INTAKE_ADDRESS_DVB:
        return open_dvb(receive, error);
    case INTAKE_ADDRESS_SRT:
        break;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", address->uri);
    return FALSE;
}

static int
report(const char *uri, const GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)) {
        const char *sentence =
            strcmp(error->message, "HLS") == 0
                ? verbs_common_say("เป็นรายการเล่น HLS โปรแกรมรุ่นนี้ยังเปิดไม่ได้",
                                   "this is an HLS playlist, which this build cannot open yet")
                : verbs_common_say("โปรแกรมรุ่นนี้ยังเปิดที่อยู่ชนิดนี้ไม่ได้",
                                   "this build cannot open this kind of address yet");
        g_printerr("daorian: %s: %s\n", uri, sentence);
        return EX_UNAVAILABLE;
    }
    g_printerr("daorian: %s: %s\n", uri, error->message);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT) ||
        error->domain == G_CONVERT_ERROR)
        return EX_USAGE;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY))
        return EX_NOINPUT;
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ? EX_NOPERM
                                                                            : EX_UNAVAILABLE;
}

/* Returns: 0 when some packet came; a fault behind it is told and forgiven. */
static int
judge(Receive *receive)
{
    const char *uri = receive->order->options->uri;
    gboolean any = tables_health_get_total(tables_demux_get_health(receive->demux)).packets > 0;
    if (receive->error != NULL && receive->error->domain == INTAKE_ERROR)
        return verbs_tuner_report(receive->address, receive->error);
    if (receive->error != NULL) {
        int exit_code = report(uri, receive->error);
        return any ? EX_OK : exit_code;
    }
    if (any)
        return EX_OK;
    if (receive->satip != NULL || receive->dvb != NULL)
        return verbs_tuner_report_nothing(receive->address, &receive->signal);
    gboolean silent = receive->endless && receive->bytes == 0;
    g_printerr("daorian: %s: %s\n", uri,
               silent ? verbs_common_say(
                            "ไม่มีสัญญาณเข้ามาเลย ตรวจที่อยู่ พอร์ต และการ์ดเครือข่าย (?interface=)",
                            "nothing came; check address, port and network interface (?interface=)")
                      : verbs_common_say("ไม่ใช่ MPEG transport stream",
                                         "this is no MPEG transport stream"));
    return silent ? EX_UNAVAILABLE : EX_DATAERR;
}

static void
clear(Receive *receive)
{
    g_clear_pointer(&receive->satip, intake_satip_free);
    g_clear_pointer(&receive->dvb, intake_dvb_close);
    g_clear_pointer(&receive->address, intake_address_free);
    g_clear_pointer(&receive->demux, tables_demux_free);
    g_clear_pointer(&receive->loop, g_main_loop_unref);
    g_clear_object(&receive->cancellable);
    g_clear_object(&receive->stream);
    g_clear_object(&receive->message);
    g_clear_object(&receive->session);
    g_clear_pointer(&receive->piece, g_free);
    g_clear_error(&receive->error);
}

TablesDemux *
verbs_receive_run(const VerbsReceiveOrder *order, int *exit_code)
{
    const TablesDemuxSettings settings = {
        .fallback = order->options->fallback,
        .guide_bytes_max = GUIDE_BYTES_MAX,
        .guide_keep_ms = G_MAXINT64,
    };
    g_autoptr(GError) error = NULL;
    IntakeAddress *address = intake_address_parse(order->options->uri, &error);
    if (address == NULL) {
        *exit_code = report(order->options->uri, error);
        return NULL;
    }
    Receive receive = {
        .order = order,
        .address = address,
        .signal = {.level = -1, .quality = -1, .frontend = -1, .cn_db = NAN, .ber = NAN},
        .patience = PATIENCE,
        .demux = tables_demux_new(&settings),
        .loop = g_main_loop_new(NULL, FALSE),
        .cancellable = g_cancellable_new(),
        .piece = g_malloc(PIECE_BYTES),
    };
    TablesDemux *demux = NULL;
    if (open_address(&receive, address, &receive.error)) {
        g_unix_signal_add(SIGINT, on_deadline, &receive);
        g_unix_signal_add(SIGTERM, on_deadline, &receive);
        g_main_loop_run(receive.loop);
    }
    if (receive.datagrams != NULL)
        g_clear_pointer(&receive.datagrams, intake_datagrams_close);
    if (receive.dvb != NULL)
        receive.signal = intake_dvb_get_signal(receive.dvb);
    tables_demux_finish(receive.demux);
    *exit_code = judge(&receive);
    if (order->signal != NULL)
        *order->signal = receive.signal;
    if (*exit_code == EX_OK)
        demux = g_steal_pointer(&receive.demux);
    clear(&receive);
    return demux;
}
