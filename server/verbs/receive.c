// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One stream from any address (pipelines/intake/source.h) into the tables, until it ends.
#include "server/verbs/receive.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

#include "pipelines/intake/error.h"
#include "pipelines/intake/source.h"
#include "pipelines/intake/srt_port.h"
#include "server/verbs/common.h"
#include "server/verbs/tuner.h"

#define GUIDE_BYTES_MAX (256 * 1024 * 1024)
#define SECONDS_MAX 86400
#define PATIENCE 1 // after the first, a SAT>IP client has another way of sending to try

typedef struct {
    const VerbsReceiveOrder *order; // (unowned)
    TablesDemux *demux;             // (owned)
    GMainLoop *loop;                // (owned)
    IntakeAddress *address;         // (owned)
    IntakeSource *source;           // (owned) (nullable)
    IntakeSignal signal;            // (value) of a tuner
    guint wanted_version;           // (value) of the demux, as the tuner was told
    GError *error;                  // (owned) (nullable) why it ended early
    guint64 bytes;                  // (value) that came
    guint patience;                 // (value) failures of a tuner until that is its answer
    gboolean endless;               // (value) has no end of its own
    gboolean tuner;                 // (value) there is one
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
    "  srt://HOST:9000[?passphrase=…&streamid=…]    srt://:9000?mode=listener\n"
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

/* Whatever ends it; the loop is left when the source says that it is over. */
static void
end(Receive *receive, GError *error)
{
    if (receive->error == NULL && !receive->over)
        receive->error = error;
    else
        g_clear_error(&error);
    receive->over = TRUE;
    intake_source_leave(receive->source);
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
on_opened(gboolean endless, gpointer data)
{
    Receive *receive = data;
    int typed = receive->order->options->seconds;
    int seconds = typed > 0 ? typed : receive->order->seconds;
    receive->endless = endless;
    if (typed > 0 || endless)
        g_timeout_add_seconds((guint)seconds, on_deadline, receive);
}

/* A tuner sends the PIDs that it is asked for: those of tables. */
static void
follow_tables(Receive *receive)
{
    IntakePids pids = {.all = FALSE};
    guint version = tables_demux_get_wanted_version(receive->demux);
    if (!intake_source_needs_pids(receive->source) || receive->wanted_version == version)
        return;
    for (guint pid = 0; pid < INTAKE_PIDS_COUNT; pid++)
        if (tables_demux_is_wanted(receive->demux, (guint16)pid))
            intake_pids_add(&pids, (guint16)pid);
    receive->wanted_version = version;
    intake_source_set_pids(receive->source, &pids);
}

static void
on_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    Receive *receive = data;
    take(receive, bytes, length, now_us);
    if (!receive->over)
        follow_tables(receive);
}

static gboolean
is_about_passphrase(const GError *error)
{
    return g_error_matches(error, INTAKE_SRT_ERROR, INTAKE_SRT_ERROR_PASSPHRASE) ||
           g_error_matches(error, INTAKE_SRT_ERROR, INTAKE_SRT_ERROR_UNSECURE);
}

/* What fails before anything came is told at once; later it is waited for. */
static void
on_troubled(const GError *error, gpointer data)
{
    Receive *receive = data;
    if (tables_health_get_total(tables_demux_get_health(receive->demux)).packets > 0)
        verbs_tuner_report(receive->address, error);
    else if (is_about_passphrase(error) || receive->patience-- == 0)
        end(receive, g_error_copy(error));
}

static void
on_ended(const GError *error, gpointer data)
{
    Receive *receive = data;
    if (receive->error == NULL && !receive->over && error != NULL)
        receive->error = g_error_copy(error);
    receive->over = TRUE;
    g_main_loop_quit(receive->loop);
}

static int
report(const char *typed, const GError *error)
{
    g_autofree char *uri = intake_address_hide_secrets(typed);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)) {
        const char *sentence =
            g_str_has_prefix(error->message, "HLS encrypted")
                ? verbs_common_say("HLS นี้เข้ารหัส เปิดไม่ได้",
                                   "this HLS is encrypted, which cannot be opened")
            : g_str_has_prefix(error->message, "HLS")
                ? verbs_common_say("HLS นี้เป็นแบบ fMP4 เปิดได้เฉพาะแบบ MPEG-TS",
                                   "this HLS has fMP4 segments; only MPEG-TS ones can be opened")
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
    g_autofree char *uri = intake_address_hide_secrets(receive->order->options->uri);
    gboolean any = tables_health_get_total(tables_demux_get_health(receive->demux)).packets > 0;
    if (receive->error != NULL &&
        (receive->error->domain == INTAKE_ERROR || receive->error->domain == INTAKE_SRT_ERROR))
        return verbs_tuner_report(receive->address, receive->error);
    if (receive->error != NULL) {
        int exit_code = report(uri, receive->error);
        return any ? EX_OK : exit_code;
    }
    if (any)
        return EX_OK;
    if (receive->tuner)
        return verbs_tuner_report_nothing(receive->address, &receive->signal);
    gboolean silent = receive->endless && receive->bytes == 0;
    gboolean waits = receive->address->kind == INTAKE_ADDRESS_SRT;
    g_printerr(
        "daorian: %s: %s\n", uri,
        silent && waits
            ? verbs_common_say(
                  "ไม่มีเครื่องส่ง SRT เรียกเข้ามา ตรวจที่อยู่และพอร์ตที่ตั้งในเครื่องส่ง และไฟร์วอลล์ (UDP)",
                  "no SRT sender called; check the address and port that it was given, "
                  "and the firewall (UDP)")
        : silent
            ? verbs_common_say(
                  "ไม่มีสัญญาณเข้ามาเลย ตรวจที่อยู่ พอร์ต และการ์ดเครือข่าย (?interface=)",
                  "nothing came; check address, port and network interface (?interface=)")
            : verbs_common_say("ไม่ใช่ MPEG transport stream", "this is no MPEG transport stream"));
    return silent ? EX_UNAVAILABLE : EX_DATAERR;
}

static void
clear(Receive *receive)
{
    g_clear_pointer(&receive->address, intake_address_free);
    g_clear_pointer(&receive->demux, tables_demux_free);
    g_clear_pointer(&receive->loop, g_main_loop_unref);
    g_clear_error(&receive->error);
}

TablesDemux *
verbs_receive_run(const VerbsReceiveOrder *order, int *exit_code)
{
    static const IntakeSourceFuncs funcs = {
        .opened = on_opened,
        .received = on_received,
        .troubled = on_troubled,
        .ended = on_ended,
    };
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
        .wanted_version = G_MAXUINT,
    };
    TablesDemux *demux = NULL;
    receive.source = intake_source_open(address, FALSE, &funcs, &receive, &receive.error);
    if (receive.source != NULL) {
        follow_tables(&receive);
        g_unix_signal_add(SIGINT, on_deadline, &receive);
        g_unix_signal_add(SIGTERM, on_deadline, &receive);
        g_main_loop_run(receive.loop);
        receive.signal = intake_source_get_signal(receive.source);
        receive.tuner = intake_source_has_tuner(receive.source);
    }
    g_clear_pointer(&receive.source, intake_source_free); // what it held back comes now
    tables_demux_finish(receive.demux);
    *exit_code = judge(&receive);
    if (order->signal != NULL)
        *order->signal = receive.signal;
    if (*exit_code == EX_OK)
        demux = g_steal_pointer(&receive.demux);
    clear(&receive);
    return demux;
}
