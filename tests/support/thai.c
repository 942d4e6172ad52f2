// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A clock of 40 ms; each table has its period. The schedule is spread over the time, as carousels
// are.
#include "tests/support/thai.h"

#include <string.h>

#include "tests/support/eit.h"
#include "tests/support/lessons.h"

#define TICK_MS 40
#define NOISE_BYTES 600 // an access unit when nobody gives one
#define CA_SYSTEM 0x0B00

static const ThaiService services[THAI_SERVICES] = {
    {101, 0x01, 0x100, 0x200, 0x210, 0x220, "ดาวเรียน ๑", PSI_TEXT_UTF8, FALSE, 1},
    {102, 0x16, 0x101, 0x201, 0x214, 0x221, "ดาวเรียน ๒", PSI_TEXT_ISO8859_11, FALSE, 2},
    {103, 0x02, 0x102, 0, 0x218, 0, "วิทยุดาวเรียน", PSI_TEXT_TIS620, FALSE, 3},
    {104, 0x16, 0x103, 0x203, 0x21C, 0, "ช่องเข้ารหัส", PSI_TEXT_UCS2, TRUE, 4},
};

struct _Thai {
    ThaiOptions options;  // (value)
    Transport *transport; // (owned)
    GPtrArray *schedule;  // (owned) (element-type GByteArray) of all services
    guint next;           // (value) of the schedule
    gint64 ms;            // (value) since the first packet
    guint32 noise;        // (value) state of the generator
};

const ThaiService *
thai_get_service(guint index)
{
    return &services[index];
}

static EitService
get_guide(const ThaiService *service)
{
    return (EitService){
        .service_id = service->service_id,
        .transport = THAI_TRANSPORT_ID,
        .network = THAI_NETWORK_ID,
        .way = service->way,
        .version = 3,
    };
}

Thai *
thai_new(const ThaiOptions *options)
{
    Thai *thai = g_new0(Thai, 1);
    thai->options = *options;
    thai->transport = transport_new(options->bits_per_second, options->first_pcr27m);
    thai->schedule = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
    thai->noise = 1;
    for (guint i = 0; i < THAI_SERVICES; i++) {
        EitService guide = get_guide(&services[i]);
        g_autoptr(GPtrArray) sections = eit_make_schedule(&guide);
        for (guint k = 0; k < sections->len; k++)
            g_ptr_array_add(thai->schedule, g_byte_array_ref(sections->pdata[k]));
        if (services[i].encrypted) {
            transport_set_scrambling(thai->transport, services[i].video_pid, 2);
            transport_set_scrambling(thai->transport, services[i].audio_pid, 2);
        }
    }
    return thai;
}

void
thai_free(Thai *thai)
{
    transport_free(thai->transport);
    g_ptr_array_unref(thai->schedule);
    g_free(thai);
}

Transport *
thai_get_transport(Thai *thai)
{
    return thai->transport;
}

GByteArray *
thai_make_pat(guint8 version)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    PsiHead head = {.table_id = 0x00, .extension = THAI_TRANSPORT_ID, .version = version};
    psi_put(body, 4, 0xE000 | THAI_NIT_PID);
    for (guint i = 0; i < THAI_SERVICES; i++) {
        psi_put(body, 2, services[i].service_id);
        psi_put(body, 2, 0xE000u | services[i].pmt_pid);
    }
    return psi_make_section(&head, body);
}

static void
put_stream(GByteArray *body, guint8 type, guint16 pid, const GByteArray *descriptors)
{
    psi_put(body, 1, type);
    psi_put(body, 2, 0xE000u | pid);
    psi_put_loop(body, 0xF, descriptors);
}

/** What an ISO_639_language_descriptor says, ISO/IEC 13818-1 §2.6.18. */
typedef struct {
    const char *language; // (static)
    guint8 audio_type;    // (value)
} Sound;

static void
put_audio(GByteArray *body, guint8 type, guint16 pid, const Sound *sound)
{
    g_autoptr(GByteArray) loop = g_byte_array_new();
    g_autoptr(GByteArray) descriptor = g_byte_array_new();
    g_byte_array_append(descriptor, (const guint8 *)sound->language, 3);
    psi_put(descriptor, 1, sound->audio_type);
    psi_put_descriptor(loop, 0x0A, descriptor);
    put_stream(body, type, pid, loop);
}

/* Teletext with subtitles on page 801 beside the index on page 100, or DVB subtitles. */
static void
put_subtitles(GByteArray *body, const ThaiService *service)
{
    g_autoptr(GByteArray) loop = g_byte_array_new();
    g_autoptr(GByteArray) descriptor = g_byte_array_new();
    gboolean teletext = service->type == 0x01;
    if (service->text_pid == 0)
        return;
    g_byte_array_append(descriptor, (const guint8 *)"tha", 3);
    if (teletext) {
        psi_put(descriptor, 2, 0x0900); // the first page is 100
        g_byte_array_append(descriptor, (const guint8 *)"tha", 3);
        psi_put(descriptor, 2, 0x1001); // subtitles on page 801
    } else {
        psi_put(descriptor, 1, 0x10);
        psi_put(descriptor, 4, 0x00010001);
    }
    psi_put_descriptor(loop, teletext ? 0x56 : 0x59, descriptor);
    put_stream(body, 0x06, service->text_pid, loop);
}

static GByteArray *
make_pmt(const ThaiService *service, guint8 version, gboolean described)
{
    const Sound first = {"tha", 0}, second = {described ? "tha" : "eng", described ? 3 : 0};
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) loop = g_byte_array_new();
    g_autoptr(GByteArray) none = g_byte_array_new();
    PsiHead head = {.table_id = 0x02, .extension = service->service_id, .version = version};
    guint8 audio = service->type == 0x16 ? 0x0F : 0x04;
    if (service->encrypted) {
        g_autoptr(GByteArray) ca = g_byte_array_new();
        psi_put(ca, 4, CA_SYSTEM << 16 | 0xE300);
        psi_put_descriptor(loop, 0x09, ca);
    }
    psi_put(body, 2, 0xE000u | (service->video_pid > 0 ? service->video_pid : service->audio_pid));
    psi_put_loop(body, 0xF, loop);
    if (service->video_pid > 0)
        put_stream(body, service->type == 0x16 ? 0x1B : 0x02, service->video_pid, none);
    put_audio(body, audio, service->audio_pid, &first);
    // The second sound of H.264's services is AAC in LATM.
    if (service->video_pid > 0 && version % 2 == 0)
        put_audio(body, service->type == 0x16 ? 0x11 : audio, service->audio_pid + 1, &second);
    put_subtitles(body, service);
    return psi_make_section(&head, body);
}

GByteArray *
thai_make_pmt(const ThaiService *service, guint8 version)
{
    return make_pmt(service, version, FALSE);
}

GByteArray *
thai_make_sdt(guint8 version)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    PsiHead head = {.table_id = 0x42, .extension = THAI_TRANSPORT_ID, .version = version};
    psi_put(body, 2, THAI_NETWORK_ID);
    psi_put(body, 1, 0xFF);
    for (guint i = 0; i < THAI_SERVICES; i++) {
        g_autoptr(GByteArray) loop = g_byte_array_new();
        g_autoptr(GByteArray) descriptor = g_byte_array_new();
        g_autoptr(GByteArray) name = psi_encode(services[i].name, services[i].way);
        g_autoptr(GByteArray) provider = psi_encode("Daorian", PSI_TEXT_TIS620);
        psi_put(descriptor, 1, services[i].type);
        psi_put_text(descriptor, provider);
        psi_put_text(descriptor, name);
        psi_put_descriptor(loop, 0x48, descriptor);
        psi_put(body, 2, services[i].service_id);
        psi_put(body, 1, 0xFF); // EIT of both kinds
        psi_put_loop(body, services[i].encrypted ? 0x9 : 0x8, loop);
    }
    return psi_make_section(&head, body);
}

GByteArray *
thai_make_nit(void)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) loop = g_byte_array_new();
    g_autoptr(GByteArray) descriptors = g_byte_array_new();
    g_autoptr(GByteArray) transports = g_byte_array_new();
    g_autoptr(GByteArray) specifier = g_byte_array_new();
    g_autoptr(GByteArray) channels = g_byte_array_new();
    g_autoptr(GByteArray) name = psi_encode(THAI_NETWORK_NAME, PSI_TEXT_ISO8859_11);
    PsiHead head = {.table_id = 0x40, .extension = THAI_NETWORK_ID, .version = 1};
    psi_put_descriptor(loop, 0x40, name);
    psi_put_loop(body, 0xF, loop);
    psi_put(specifier, 4, 0x28);
    for (guint i = 0; i < THAI_SERVICES; i++) {
        psi_put(channels, 2, services[i].service_id);
        psi_put(channels, 2, (services[i].encrypted ? 0 : 0x8000u) | 0x7C00 | services[i].channel);
    }
    psi_put_descriptor(descriptors, 0x5F, specifier);
    psi_put_descriptor(descriptors, 0x83, channels);
    psi_put(transports, 2, THAI_TRANSPORT_ID);
    psi_put(transports, 2, THAI_NETWORK_ID);
    psi_put_loop(transports, 0xF, descriptors);
    psi_put_loop(body, 0xF, transports);
    return psi_make_section(&head, body);
}

static void
queue_once(Thai *thai, guint16 pid, GByteArray *section)
{
    transport_queue_section(thai->transport, pid, section);
    g_byte_array_unref(section);
}

static void
queue_time(Thai *thai, gint64 now_ms)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) loop = g_byte_array_new();
    g_autoptr(GByteArray) zone = g_byte_array_new();
    psi_put_time(body, now_ms);
    queue_once(thai, THAI_TDT_PID, psi_make_short(0x70, body, FALSE));
    g_byte_array_append(zone, (const guint8 *)"THA", 3);
    psi_put(zone, 1, 0x02); // whole country, east
    psi_put_minutes(zone, 7 * 60);
    psi_put_time(zone, now_ms + 1);
    psi_put_minutes(zone, 7 * 60);
    psi_put_descriptor(loop, 0x58, zone);
    psi_put_loop(body, 0xF, loop);
    queue_once(thai, THAI_TDT_PID, psi_make_short(0x73, body, TRUE));
}

static void
queue_tables(Thai *thai)
{
    gboolean changed = thai->options.change_ms > 0 && thai->ms >= thai->options.change_ms;
    gint64 now_ms = thai->options.start_ms + thai->ms;
    if (thai->ms % 80 == 0) {
        queue_once(thai, 0x0000, thai_make_pat(0));
        for (guint i = 0; i < THAI_SERVICES; i++) {
            guint8 version = changed && services[i].service_id == 102 ? 5 : 4;
            queue_once(thai, services[i].pmt_pid,
                       make_pmt(&services[i], version, thai->options.described));
        }
    }
    if (thai->ms % 1000 == 0)
        queue_once(thai, THAI_SDT_PID, thai_make_sdt(2));
    if (thai->ms % 5000 == 0)
        queue_once(thai, THAI_NIT_PID, thai_make_nit());
    if (thai->ms % 10000 == 0)
        queue_time(thai, now_ms);
    for (guint i = 0; thai->ms % 1000 == 200 && i < 2 * THAI_SERVICES; i++) {
        EitService guide = get_guide(&services[i / 2]);
        queue_once(thai, THAI_EIT_PID, eit_make_following(&guide, now_ms, i % 2));
    }
}

/* Two sections each tick: the week comes round in about five seconds. */
static void
queue_schedule(Thai *thai)
{
    g_autoptr(GPtrArray) pair = g_ptr_array_new();
    for (guint i = 0; i < 2; i++) {
        g_ptr_array_add(pair, thai->schedule->pdata[thai->next]);
        thai->next = (thai->next + 1) % thai->schedule->len;
    }
    transport_queue_sections(thai->transport, THAI_EIT_PID, pair);
}

static GByteArray *
make_noise(Thai *thai)
{
    GByteArray *unit = g_byte_array_sized_new(NOISE_BYTES);
    for (guint i = 0; i < NOISE_BYTES; i++) {
        thai->noise = thai->noise * 1664525 + 1013904223;
        psi_put(unit, 1, thai->noise >> 24);
    }
    return unit;
}

static void
queue_unit(Thai *thai, guint16 pid, guint8 stream_id)
{
    const ThaiOptions *options = &thai->options;
    g_autoptr(GByteArray) unit =
        options->unit != NULL ? options->unit(pid, thai->ms, options->data) : make_noise(thai);
    gint64 pts90k = (gint64)(options->first_pcr27m / 300) + (thai->ms + 200) * 90;
    if (unit != NULL)
        transport_queue_pes(thai->transport, pid, stream_id, pts90k, unit);
}

static void
queue_streams(Thai *thai)
{
    for (guint i = 0; i < THAI_SERVICES; i++) {
        const ThaiService *service = &services[i];
        guint16 clock_pid = service->video_pid > 0 ? service->video_pid : service->audio_pid;
        transport_queue_pcr(thai->transport, clock_pid, FALSE);
        if (service->video_pid > 0)
            queue_unit(thai, service->video_pid, 0xE0);
        queue_unit(thai, service->audio_pid, 0xC0);
        if (thai->options.unit != NULL && service->video_pid > 0)
            queue_unit(thai, service->audio_pid + 1, 0xC1);
        if (service->text_pid > 0)
            queue_unit(thai, service->text_pid, 0xBD);
    }
}

void
thai_run(Thai *thai, guint ms, GByteArray *out)
{
    for (guint done = 0; done < ms; done += TICK_MS) {
        queue_streams(thai);
        queue_tables(thai);
        queue_schedule(thai);
        transport_run(thai->transport, TICK_MS, out);
        thai->ms += TICK_MS;
    }
}
