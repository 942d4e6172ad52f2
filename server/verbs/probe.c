// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads the stream, prints a line of sums, then one a service and one a PID.
#include "server/verbs/probe.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <sysexits.h>

#include "pipelines/tables/time.h"
#include "server/verbs/common.h"
#include "server/verbs/lines.h"
#include "server/verbs/receive.h"

#define SECONDS 12 // NIT and TDT come within ten and thirty

static const struct {
    TablesDemuxTables table; // which
    const char *name;        // as technicians say
} tables[] = {
    {TABLES_DEMUX_PAT, "PAT"}, {TABLES_DEMUX_PMT, "PMT"}, {TABLES_DEMUX_SDT, "SDT"},
    {TABLES_DEMUX_NIT, "NIT"}, {TABLES_DEMUX_EIT, "EIT"}, {TABLES_DEMUX_TDT, "TDT"},
};

static JsonArray *
render_missing(TablesDemux *demux)
{
    JsonArray *list = json_array_new();
    guint missing = tables_demux_get_missing(demux);
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        if ((missing & tables[i].table) != 0)
            json_array_add_string_element(list, tables[i].name);
    return list;
}

static void
print_total(TablesDemux *demux)
{
    TablesHealthTotal total = tables_health_get_total(tables_demux_get_health(demux));
    const TablesClock *clock = tables_demux_get_clock(demux);
    g_autoptr(GPtrArray) services = tables_demux_list_services(demux, FALSE);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "what", "stream");
    json_object_set_int_member(object, "packets", (gint64)total.packets);
    json_object_set_int_member(object, "packet_bytes", tables_demux_get_stride(demux));
    json_object_set_int_member(object, "duration_ms", llround(total.span_s * 1000));
    json_object_set_int_member(object, "bits_per_second", (gint64)total.bits_per_second);
    json_object_set_int_member(object, "services", services->len);
    json_object_set_int_member(object, "cc_errors", (gint64)total.lost);
    json_object_set_int_member(object, "duplicates", (gint64)total.duplicates);
    json_object_set_int_member(object, "tei_packets", (gint64)total.damaged);
    json_object_set_int_member(object, "broken_packets", (gint64)total.broken);
    json_object_set_int_member(object, "sync_losses", (gint64)tables_demux_get_sync_losses(demux));
    json_object_set_int_member(object, "skipped_bytes",
                               (gint64)tables_demux_get_skipped_bytes(demux));
    json_object_set_int_member(object, "sections", (gint64)tables_demux_get_sections(demux));
    json_object_set_int_member(object, "broken_sections",
                               (gint64)tables_demux_get_broken_sections(demux));
    json_object_set_array_member(object, "missing_tables", render_missing(demux));
    json_object_set_int_member(object, "events",
                               tables_guide_get_count(tables_demux_get_guide(demux)));
    verbs_lines_set_number(object, "stream_time_ms", clock->now_ms, TABLES_TIME_UNDEFINED);
    verbs_lines_set_text(object, "network",
                         tables_multiplex_get_network(tables_demux_get_multiplex(demux)));
    verbs_lines_print(object);
}

static void
print_signal(const IntakeSignal *signal)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "what", "signal");
    json_object_set_boolean_member(object, "lock", signal->locked);
    verbs_lines_set_number(object, "level", signal->level, -1);
    verbs_lines_set_number(object, "quality", signal->quality, -1);
    verbs_lines_set_number(object, "frontend", signal->frontend, -1);
    if (signal->frequency_mhz > 0)
        json_object_set_double_member(object, "frequency_mhz", signal->frequency_mhz);
    if (!isnan(signal->cn_db))
        json_object_set_double_member(object, "cn_db", round(signal->cn_db * 10) / 10);
    if (!isnan(signal->ber))
        json_object_set_double_member(object, "ber", signal->ber);
    verbs_lines_print(object);
}

static void
print_signal_text(const IntakeSignal *signal)
{
    printf("%s: %s", verbs_common_say("สัญญาณ", "signal"),
           signal->locked ? verbs_common_say("ล็อกแล้ว", "locked")
                          : verbs_common_say("ไม่ล็อก", "no lock"));
    if (signal->level >= 0)
        printf(", %s %d/255", verbs_common_say("ความแรง", "level"), signal->level);
    if (signal->quality >= 0)
        printf(", %s %d/15", verbs_common_say("คุณภาพ", "quality"), signal->quality);
    if (!isnan(signal->cn_db))
        printf(", C/N %.1f dB", signal->cn_db);
    if (!isnan(signal->ber))
        printf(", BER %.1e", signal->ber);
    printf("\n");
}

static void
print_service(const TablesService *service)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "what", "service");
    json_object_set_int_member(object, "service_id", service->service_id);
    json_object_set_string_member(object, "name", service->name);
    json_object_set_boolean_member(object, "encrypted", tables_service_is_encrypted(service));
    json_object_set_boolean_member(object, "scrambled", service->scrambled);
    json_object_set_boolean_member(object, "has_pmt", service->in_pmt);
    json_object_set_int_member(object, "pmt_changes", service->pmt_changes);
    json_object_set_int_member(object, "streams", service->streams->len);
    verbs_lines_print(object);
}

static void
print_pid(const TablesHealthPid *pid)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "what", "pid");
    json_object_set_int_member(object, "pid", pid->pid);
    json_object_set_int_member(object, "packets", (gint64)pid->packets);
    json_object_set_int_member(object, "bits_per_second", (gint64)pid->bits_per_second);
    json_object_set_int_member(object, "cc_errors", (gint64)pid->lost);
    json_object_set_int_member(object, "duplicates", (gint64)pid->duplicates);
    json_object_set_int_member(object, "tei_packets", (gint64)pid->damaged);
    json_object_set_int_member(object, "scrambled_packets", (gint64)pid->scrambled);
    json_object_set_int_member(object, "pcr_count", (gint64)pid->pcrs);
    if (pid->pcrs > 0) {
        json_object_set_int_member(object, "pcr_jitter_max_us", llround(pid->jitter_max_us));
        json_object_set_int_member(object, "pcr_jitter_rms_us", llround(pid->jitter_rms_us));
        json_object_set_int_member(object, "pcr_interval_max_ms", llround(pid->interval_max_ms));
        json_object_set_int_member(object, "pcr_jumps", (gint64)pid->jumps);
        json_object_set_int_member(object, "pcr_announced_jumps", (gint64)pid->announced_jumps);
    }
    verbs_lines_print(object);
}

static void
print_total_text(TablesDemux *demux)
{
    TablesHealthTotal total = tables_health_get_total(tables_demux_get_health(demux));
    guint missing = tables_demux_get_missing(demux);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
        if ((missing & tables[i].table) != 0)
            g_string_append_printf(names, " %s", tables[i].name);
    printf("%s: %" G_GUINT64_FORMAT " × %u, %.3f Mbit/s, %.1f s\n",
           verbs_common_say("แพ็กเก็ต", "packets"), total.packets, tables_demux_get_stride(demux),
           (double)total.bits_per_second / 1e6, total.span_s);
    printf("%s: CC %" G_GUINT64_FORMAT ", TEI %" G_GUINT64_FORMAT ", sync %" G_GUINT64_FORMAT
           ", CRC %" G_GUINT64_FORMAT "\n",
           verbs_common_say("ข้อผิดพลาด", "errors"), total.lost, total.damaged,
           tables_demux_get_sync_losses(demux), tables_demux_get_broken_sections(demux));
    printf("%s:%s\n", verbs_common_say("ตารางที่ขาด", "missing tables"),
           names->len > 0 ? names->str : verbs_common_say(" ไม่มี", " none"));
}

static void
print_pid_text(const TablesHealthPid *pid)
{
    printf("  PID %4u  %9.1f kbit/s  CC %-5" G_GUINT64_FORMAT " TEI %-5" G_GUINT64_FORMAT, pid->pid,
           (double)pid->bits_per_second / 1e3, pid->lost, pid->damaged);
    if (pid->pcrs > 0)
        printf("  PCR %.1f µs, %.1f ms", pid->jitter_max_us, pid->interval_max_ms);
    if (pid->scrambled > 0)
        printf("  %s", verbs_common_say("เข้ารหัส", "scrambled"));
    printf("\n");
}

int
verbs_probe_run(int argc, char **argv)
{
    g_auto(VerbsReceiveOptions) options = {0};
    int exit_code = verbs_receive_parse(
        &options, &argc, &argv,
        verbs_common_say(
            "ตรวจคุณภาพสัญญาณ: อัตราบิต แพ็กเก็ตที่หาย ความแม่นของนาฬิกา ตารางที่ขาด",
            "Measures a transport stream: bit rates, lost packets, clock jitter, missing "
            "tables."));
    if (exit_code != EX_OK)
        return exit_code;
    IntakeSignal signal = {.known = FALSE};
    VerbsReceiveOrder order = {.options = &options, .seconds = SECONDS, .signal = &signal};
    g_autoptr(TablesDemux) demux = verbs_receive_run(&order, &exit_code);
    if (demux == NULL)
        return exit_code;
    g_autoptr(GArray) pids = tables_health_list(tables_demux_get_health(demux));
    if (options.text)
        print_total_text(demux);
    else
        print_total(demux);
    if (signal.known && options.text)
        print_signal_text(&signal);
    else if (signal.known)
        print_signal(&signal);
    g_autoptr(GPtrArray) services = tables_demux_list_services(demux, FALSE);
    for (guint i = 0; i < services->len && !options.text; i++)
        print_service(services->pdata[i]);
    for (guint i = 0; i < pids->len; i++) {
        const TablesHealthPid *pid = &g_array_index(pids, TablesHealthPid, i);
        if (options.text)
            print_pid_text(pid);
        else
            print_pid(pid);
    }
    return EX_OK;
}
