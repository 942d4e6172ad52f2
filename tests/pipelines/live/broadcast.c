// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One clock of 40 ms for all; pictures are sent half a second before they are shown, sound a little
// later, as multiplexers do.
#include "tests/pipelines/live/broadcast.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <math.h>
#include <string.h>

#include "tests/pipelines/live/units.h"
#include "tests/support/dvbsub.h"
#include "tests/support/psi.h"
#include "tests/support/teletext.h"

#define TICK_MS 40
#define AHEAD_PTS90K 45000
#define SOUND_RATE 48000
#define SERVICE 101
#define BITS_PER_SECOND 6000000
#define HOLE_MS 720
#define TEXT_MAGAZINE 1
#define TEXT_PAGE 0x50
#define TEXT_LASTS_MS 1000
#define THAI_PAGE 1
#define ENGLISH_PAGE 2

typedef struct {
    AVCodecContext *context; // (owned)
    AVFrame *frame;          // (owned)
    gint64 origin;           // (value) samples or pictures before its first
} Coder;

struct _Broadcast {
    BroadcastPlan plan;   // (value)
    Transport *transport; // (owned)
    Coder picture;        // (owned)
    Coder sound;          // (owned)
    gint64 clock;         // (value) 90 kHz: stamp of the time 0
    gint64 start_ms;      // (value)
    gint64 ms;            // (value) sent
    gint64 samples;       // (value) coded
    guint8 version;       // (value) of the PMT
    gboolean no_picture;  // (value)
    gboolean no_sound;    // (value)
    gboolean scrambled;   // (value)
    gboolean vanished;    // (value)
    guint8 pat_version;   // (value)
    gint64 clock_error;   // (value) ms
};

static void
close_coder(Coder *coder)
{
    avcodec_free_context(&coder->context);
    av_frame_free(&coder->frame);
}

static const BroadcastMore *
get_more(const BroadcastPlan *plan)
{
    static const BroadcastMore nothing = {0};
    return plan->more != NULL ? plan->more : &nothing;
}

static const char *
name_picture(const BroadcastPlan *plan)
{
    if (get_more(plan)->newest)
        return "libx265";
    return plan->modern ? "libx264" : "mpeg2video";
}

static void
open_picture(Broadcast *broadcast)
{
    const BroadcastPlan *plan = &broadcast->plan;
    Coder *coder = &broadcast->picture;
    const AVCodec *codec = avcodec_find_encoder_by_name(name_picture(plan));
    g_assert_nonnull(codec);
    AVCodecContext *context = coder->context = avcodec_alloc_context3(codec);
    context->width = (int)plan->width;
    context->height = (int)plan->height;
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->time_base = (AVRational){1, 25};
    context->framerate = (AVRational){25, 1};
    context->gop_size = (int)plan->key_interval;
    context->max_b_frames = 2;
    context->bit_rate = get_more(plan)->thin > 0 ? get_more(plan)->thin / 4 : 1500000;
    context->rc_max_rate = get_more(plan)->thin > 0 ? get_more(plan)->thin / 2 : 2500000;
    context->rc_buffer_size = 1000000;
    av_reduce(&context->sample_aspect_ratio.num, &context->sample_aspect_ratio.den,
              (gint64)(plan->wide ? 16 : 4) * plan->height,
              (gint64)(plan->wide ? 9 : 3) * plan->width, 4096);
    if (get_more(plan)->newest)
        av_opt_set(context->priv_data, "x265-params", "log-level=none:pools=none", 0);
    if (plan->modern)
        av_opt_set(context->priv_data, "preset", "ultrafast", 0);
    else
        context->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    context->thread_count = 1;
    g_assert_cmpint(avcodec_open2(context, codec, NULL), >=, 0);
    coder->frame = av_frame_alloc();
    coder->frame->format = AV_PIX_FMT_YUV420P;
    coder->frame->width = (int)plan->width;
    coder->frame->height = (int)plan->height;
    g_assert_cmpint(av_frame_get_buffer(coder->frame, 0), >=, 0);
    coder->origin = broadcast->ms / TICK_MS;
}

static gboolean
is_planar(const BroadcastPlan *plan)
{
    return plan->modern || plan->dolby != NULL;
}

/* Samples a second, by the clock of the broadcast. */
static gint64
get_rate(const Broadcast *broadcast)
{
    guint hz = get_more(&broadcast->plan)->sound_hz;
    return hz > 0 ? hz : SOUND_RATE;
}

static void
open_sound(Broadcast *broadcast)
{
    Coder *coder = &broadcast->sound;
    const BroadcastPlan *plan = &broadcast->plan;
    const char *name = plan->dolby != NULL ? plan->dolby : plan->modern ? "aac" : "mp2";
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    g_assert_nonnull(codec);
    AVCodecContext *context = coder->context = avcodec_alloc_context3(codec);
    context->sample_rate = SOUND_RATE;
    context->sample_fmt = is_planar(plan) ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16;
    context->bit_rate = 128000;
    context->time_base = (AVRational){1, SOUND_RATE};
    av_channel_layout_default(&context->ch_layout, 2);
    g_assert_cmpint(avcodec_open2(context, codec, NULL), >=, 0);
    coder->frame = av_frame_alloc();
    coder->frame->format = context->sample_fmt;
    coder->frame->nb_samples = context->frame_size;
    coder->frame->sample_rate = SOUND_RATE;
    av_channel_layout_copy(&coder->frame->ch_layout, &context->ch_layout);
    g_assert_cmpint(av_frame_get_buffer(coder->frame, 0), >=, 0);
    coder->origin = broadcast->samples = broadcast->ms * get_rate(broadcast) / 1000;
}

static void
open_all(Broadcast *broadcast)
{
    close_coder(&broadcast->picture);
    close_coder(&broadcast->sound);
    if (broadcast->plan.picture_pid != 0)
        open_picture(broadcast);
    if (broadcast->plan.sound_pid != 0)
        open_sound(broadcast);
    broadcast_scramble(broadcast, broadcast->scrambled);
}

Broadcast *
broadcast_new(const BroadcastPlan *plan, gint64 first_pts90k, gint64 start_ms)
{
    Broadcast *broadcast = g_new0(Broadcast, 1);
    broadcast->plan = *plan;
    broadcast->clock = first_pts90k;
    broadcast->start_ms = start_ms;
    guint thin = get_more(plan)->thin;
    broadcast->transport =
        transport_new(thin > 0 ? thin : BITS_PER_SECOND, (guint64)first_pts90k * 300);
    open_all(broadcast);
    return broadcast;
}

void
broadcast_free(Broadcast *broadcast)
{
    close_coder(&broadcast->picture);
    close_coder(&broadcast->sound);
    transport_free(broadcast->transport);
    g_free(broadcast);
}

void
broadcast_change(Broadcast *broadcast, const BroadcastPlan *plan)
{
    broadcast->plan = *plan;
    broadcast->version++;
    open_all(broadcast);
}

void
broadcast_step_clock(Broadcast *broadcast, gint64 pts90k)
{
    broadcast->clock += pts90k;
    transport_shift_clock(broadcast->transport, pts90k * 300);
}

void
broadcast_scramble(Broadcast *broadcast, gboolean scrambled)
{
    broadcast->scrambled = scrambled;
    transport_set_scrambling(broadcast->transport, broadcast->plan.picture_pid, scrambled ? 2 : 0);
    transport_set_scrambling(broadcast->transport, broadcast->plan.sound_pid, scrambled ? 2 : 0);
}

void
broadcast_mute(Broadcast *broadcast, gboolean no_picture, gboolean no_sound)
{
    broadcast->no_picture = no_picture;
    broadcast->no_sound = no_sound;
}

void
broadcast_vanish(Broadcast *broadcast, gboolean vanished)
{
    broadcast->vanished = vanished;
    broadcast->pat_version++;
}

void
broadcast_set_clock_error(Broadcast *broadcast, gint64 ms)
{
    broadcast->clock_error = ms;
}

static void
queue_once(Broadcast *broadcast, guint16 pid, GByteArray *section)
{
    transport_queue_section(broadcast->transport, pid, section);
    g_byte_array_unref(section);
}

static void
queue_pat(Broadcast *broadcast)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    PsiHead head = {.table_id = 0x00, .extension = 1, .version = broadcast->pat_version & 31};
    if (!broadcast->vanished) {
        psi_put(body, 2, SERVICE);
        psi_put(body, 2, 0xE000u | broadcast->plan.pmt_pid);
    }
    queue_once(broadcast, 0, psi_make_section(&head, body));
}

/** One stream of the PMT. */
typedef struct {
    guint8 type;          // (value) stream_type
    guint16 pid;          // (value)
    const char *language; // (static) (nullable)
    guint8 purpose;       // (value) audio_type
    guint16 page;         // (value) teletext, BCD, 0: none
    gboolean bitmaps;     // (value)
} Stream;

/* Two languages on one PID. */
static void
put_subtitles(GByteArray *loop)
{
    g_autoptr(GByteArray) descriptor = g_byte_array_new();
    g_byte_array_append(descriptor, (const guint8 *)"eng", 3);
    psi_put(descriptor, 1, 0x10);
    psi_put(descriptor, 4, ENGLISH_PAGE << 16 | ENGLISH_PAGE);
    g_byte_array_append(descriptor, (const guint8 *)"tha", 3);
    psi_put(descriptor, 1, 0x10);
    psi_put(descriptor, 4, THAI_PAGE << 16 | THAI_PAGE);
    psi_put_descriptor(loop, 0x59, descriptor);
}

static void
put_stream(GByteArray *body, const Stream *stream)
{
    g_autoptr(GByteArray) loop = g_byte_array_new();
    g_autoptr(GByteArray) descriptor = g_byte_array_new();
    if (stream->language != NULL) {
        g_byte_array_append(descriptor, (const guint8 *)stream->language, 3);
        if (stream->page != 0)
            psi_put(descriptor, 2, 0x1000u | stream->page);
        else
            psi_put(descriptor, 1, stream->purpose);
        psi_put_descriptor(loop, stream->page != 0 ? 0x56 : 0x0A, descriptor);
    }
    if (stream->bitmaps)
        put_subtitles(loop);
    guint8 type = stream->type;
    guint16 pid = stream->pid;
    psi_put(body, 1, type);
    psi_put(body, 2, 0xE000u | pid);
    psi_put_loop(body, 0xF, loop);
}

static guint8
get_sound_type(const BroadcastPlan *plan)
{
    if (plan->dolby != NULL)
        return strcmp(plan->dolby, "ac3") == 0 ? 0x81 : 0x87;
    if (get_more(plan)->newest)
        return 0x11;
    return plan->modern ? 0x0F : 0x03;
}

static void
queue_pmt(Broadcast *broadcast)
{
    const BroadcastPlan *plan = &broadcast->plan;
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) none = g_byte_array_new();
    PsiHead head = {.table_id = 0x02, .extension = SERVICE, .version = broadcast->version & 31};
    const BroadcastMore *more = get_more(plan);
    guint8 picture = more->newest ? 0x24 : plan->modern ? 0x1B : 0x02;
    const Stream streams[] = {
        {picture, plan->picture_pid, NULL, 0, 0, FALSE},
        {get_sound_type(plan), plan->sound_pid, more->spoken != NULL ? more->spoken : "tha", 0, 0,
         FALSE},
        {get_sound_type(plan), more->second_pid, more->language, more->purpose, 0, FALSE},
        {0x06, more->text_pid, "tha", 0, TEXT_MAGAZINE << 8 | TEXT_PAGE, FALSE},
        {0x06, more->bitmap_pid, NULL, 0, 0, TRUE},
    };
    // Where no clock reference is named nothing relies on it.
    psi_put(body, 2, more->pcr_pid != 0 ? 0xE000u | more->pcr_pid : 0xFFFF);
    psi_put_loop(body, 0xF, none);
    for (guint i = 0; i < G_N_ELEMENTS(streams); i++)
        if (streams[i].pid != 0)
            put_stream(body, &streams[i]);
    queue_once(broadcast, plan->pmt_pid, psi_make_section(&head, body));
}

static void
queue_time(Broadcast *broadcast)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    psi_put_time(body, broadcast->start_ms + broadcast->ms + broadcast->clock_error);
    queue_once(broadcast, 0x14, psi_make_short(0x70, body, FALSE));
}

static gboolean
is_mark(gint64 ms)
{
    return ms >= BROADCAST_MARK_MS && ms % BROADCAST_MARK_MS < BROADCAST_MARK_LASTS_MS;
}

/* A slow gradient, white at a mark. */
static void
draw(Broadcast *broadcast, AVFrame *frame)
{
    gboolean mark = is_mark(broadcast->ms);
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    for (int y = 0; y < frame->height; y++)
        for (int x = 0; x < frame->width; x++)
            frame->data[0][y * frame->linesize[0] + x] =
                mark ? 230 : (guint8)(40 + (x / 4 + y / 4 + broadcast->ms / 40) % 64);
    for (int plane = 1; plane < 3; plane++)
        memset(frame->data[plane], 128, (gsize)frame->linesize[plane] * (gsize)(frame->height / 2));
    frame->interlaced_frame = !broadcast->plan.modern;
    frame->top_field_first = 1;
}

static void
put_sound(const BroadcastPlan *plan, GByteArray *unit, const AVPacket *packet)
{
    guint bytes = (guint)packet->size;
    if (!plan->modern || plan->dolby != NULL)
        g_byte_array_append(unit, packet->data, bytes);
    else if (get_more(plan)->newest)
        units_put_latm(unit, packet->data, bytes);
    else
        units_put_adts(unit, packet->data, bytes);
}

static gboolean
is_muted(const Broadcast *broadcast, gboolean picture)
{
    guint every_ms = get_more(&broadcast->plan)->hole_every_ms;
    gboolean hole = every_ms > 0 && broadcast->ms >= every_ms && broadcast->ms % every_ms < HOLE_MS;
    return broadcast->vanished || (picture ? broadcast->no_picture : broadcast->no_sound || hole);
}

static void
drain(Broadcast *broadcast, Coder *coder, gboolean picture)
{
    AVPacket *packet = av_packet_alloc();
    gboolean muted = is_muted(broadcast, picture);
    while (avcodec_receive_packet(coder->context, packet) >= 0) {
        g_autoptr(GByteArray) unit = g_byte_array_new();
        gint64 place = coder->origin + packet->pts;
        gint64 pts90k = broadcast->clock + AHEAD_PTS90K +
                        (picture ? place * 3600 : place * 90000 / get_rate(broadcast));
        guint16 second_pid = picture ? 0 : get_more(&broadcast->plan)->second_pid;
        if (picture)
            g_byte_array_append(unit, packet->data, (guint)packet->size);
        else
            put_sound(&broadcast->plan, unit, packet);
        if (!muted)
            transport_queue_pes(broadcast->transport,
                                picture ? broadcast->plan.picture_pid : broadcast->plan.sound_pid,
                                picture ? 0xE0 : 0xC0, pts90k, unit);
        if (!muted && second_pid != 0)
            transport_queue_pes(broadcast->transport, second_pid, 0xC1, pts90k, unit);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
}

static void
code_picture(Broadcast *broadcast)
{
    Coder *coder = &broadcast->picture;
    draw(broadcast, coder->frame);
    coder->frame->pts = broadcast->ms / TICK_MS - coder->origin;
    g_assert_cmpint(avcodec_send_frame(coder->context, coder->frame), >=, 0);
    drain(broadcast, coder, TRUE);
}

/* Both channels sound at a mark. */
static void
play(Broadcast *broadcast, AVFrame *frame)
{
    g_assert_cmpint(av_frame_make_writable(frame), >=, 0);
    for (int i = 0; i < 2 * frame->nb_samples; i++) {
        gint64 place = broadcast->samples + i / 2;
        double wave = 0.5 * sin(2 * G_PI * 1000 * (double)place / SOUND_RATE);
        double tone = is_mark(place * 1000 / get_rate(broadcast)) ? wave : 0;
        if (is_planar(&broadcast->plan))
            ((float *)frame->data[i % 2])[i / 2] = (float)tone;
        else
            ((gint16 *)frame->data[0])[i] = (gint16)(tone * 32767);
    }
}

static void
code_sound(Broadcast *broadcast)
{
    Coder *coder = &broadcast->sound;
    AVFrame *frame = coder->frame;
    gint64 until = (broadcast->ms + TICK_MS) * get_rate(broadcast) / 1000;
    while (broadcast->samples + frame->nb_samples <= until) {
        play(broadcast, frame);
        frame->pts = broadcast->samples - coder->origin;
        g_assert_cmpint(avcodec_send_frame(coder->context, frame), >=, 0);
        broadcast->samples += frame->nb_samples;
        drain(broadcast, coder, FALSE);
    }
}

/* Each mark has its caption, which goes a second later. */
static void
queue_text(Broadcast *broadcast)
{
    gint64 into_ms = broadcast->ms % BROADCAST_MARK_MS;
    guint16 pid = get_more(&broadcast->plan)->text_pid;
    if (pid == 0 || (into_ms != 0 && into_ms != TEXT_LASTS_MS))
        return;
    g_autofree char *text = g_strdup_printf("mark %d", (int)(broadcast->ms / BROADCAST_MARK_MS));
    const TeletextPage page = {TEXT_MAGAZINE, TEXT_PAGE, TELETEXT_ENGLISH,
                               into_ms == 0 ? text : ""};
    g_autoptr(GByteArray) unit = teletext_make_packet(&page);
    transport_queue_pes(broadcast->transport, pid, 0xBD,
                        broadcast->clock + AHEAD_PTS90K + broadcast->ms * 90, unit);
}

static void
queue_page(Broadcast *broadcast, const DvbsubPage *page)
{
    g_autoptr(GByteArray) unit = dvbsub_make_packet(page);
    transport_queue_pes(broadcast->transport, get_more(&broadcast->plan)->bitmap_pid, 0xBD,
                        broadcast->clock + AHEAD_PTS90K + broadcast->ms * 90, unit);
}

/* A red bar for Thai; a blue one for English, which stands all the time. */
static void
queue_bitmaps(Broadcast *broadcast)
{
    const BroadcastMore *more = get_more(&broadcast->plan);
    gint64 into_ms = broadcast->ms % BROADCAST_MARK_MS - BROADCAST_BAR_MS;
    if (more->bitmap_pid == 0 || (into_ms != 0 && into_ms != BROADCAST_BAR_LASTS_MS))
        return;
    DvbsubPage page = {
        .page = THAI_PAGE,
        .version = (guint8)(broadcast->ms / 200 & 15),
        .timeout_s = 10,
        .display_width = more->large_page ? 1920 : 0,
        .display_height = more->large_page ? 1080 : 0,
        .x = more->large_page ? 680 : 80,
        .y = more->large_page ? 900 : 480,
        .lines = into_ms != 0       ? 0
                 : more->large_page ? 90
                                    : 48,
        .luma = 81,
        .blue = 90,
        .red = 240,
    };
    queue_page(broadcast, &page);
    page.page = ENGLISH_PAGE;
    page.lines = 48;
    page.blue = 240;
    page.red = 110;
    queue_page(broadcast, &page);
}

/* Tables and units that begin within the next tick. */
static void
queue_tick(Broadcast *broadcast)
{
    gboolean there = !broadcast->vanished;
    if (broadcast->ms % 80 == 0)
        queue_pat(broadcast);
    if (broadcast->ms % 80 == 0 && there)
        queue_pmt(broadcast);
    if (broadcast->ms % 2000 == 0)
        queue_time(broadcast);
    if (broadcast->plan.picture_pid != 0)
        code_picture(broadcast);
    if (broadcast->plan.sound_pid != 0)
        code_sound(broadcast);
    if (there) {
        queue_text(broadcast);
        queue_bitmaps(broadcast);
    }
}

void
broadcast_run(Broadcast *broadcast, guint ms, GByteArray *out)
{
    for (guint done = 0; done < ms; done += TICK_MS) {
        queue_tick(broadcast);
        transport_run(broadcast->transport, TICK_MS, out);
        broadcast->ms += TICK_MS;
    }
}
