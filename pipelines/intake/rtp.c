// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A ring by sequence number. A packet is delivered when all before it were, or when the window is
// full of later ones. Called by datagrams.c.
#include "pipelines/intake/rtp.h"

#include "pipelines/intake/rtp_fec.h"

#define HEADER_BYTES 12
#define FAR (16 * INTAKE_RTP_WINDOW) // no disorder and no loss goes so far
#define VERSION 2
#define PAYLOAD_TYPE_TS 33 // RFC 3551
#define SYNC_BYTE 0x47

struct _IntakeRtp {
    IntakeRtpFunc func;                  // (unowned)
    gpointer data;                       // (unowned) for func
    GBytes *held[INTAKE_RTP_WINDOW_MAX]; // (owned) (nullable) by number modulo their count
    IntakeRtpFec *fec;                   // (owned) (nullable) since a packet for correction came
    guint window;                        // (value) how many may overtake one that is missing
    guint count;                         // (value) how many are held
    gboolean started;                    // (value)
    guint16 next;                        // (value) number that is to be delivered
    guint32 sender;                      // (value) SSRC
    IntakeRtpFigures figures;            // (value)
};

IntakeRtp *
intake_rtp_new(IntakeRtpFunc func, gpointer data)
{
    IntakeRtp *rtp = g_new0(IntakeRtp, 1);
    rtp->func = func;
    rtp->data = data;
    rtp->window = INTAKE_RTP_WINDOW;
    return rtp;
}

void
intake_rtp_free(IntakeRtp *rtp)
{
    g_clear_pointer(&rtp->fec, intake_rtp_fec_free);
    for (guint i = 0; i < INTAKE_RTP_WINDOW_MAX; i++)
        g_clear_pointer(&rtp->held[i], g_bytes_unref);
    g_free(rtp);
}

/* RFC 3550 §5.1. Returns: where the payload begins, 0: this is no RTP; @length shrinks by padding.
 */
static gsize
find_payload(const guint8 *datagram, gsize *length)
{
    if (*length < HEADER_BYTES || datagram[0] >> 6 != VERSION)
        return 0;
    gsize at = HEADER_BYTES + 4u * (datagram[0] & 0x0F);
    if ((datagram[0] & 0x10) != 0) { // an extension of so many words
        if (*length < at + 4)
            return 0;
        at += 4 + 4u * ((gsize)datagram[at + 2] << 8 | datagram[at + 3]);
    }
    gsize padding = (datagram[0] & 0x20) != 0 ? datagram[*length - 1] : 0;
    if (at + padding > *length)
        return 0;
    *length -= padding;
    return at;
}

gboolean
intake_rtp_recognise(const guint8 *datagram, gsize length)
{
    if (length == 0 || datagram[0] == SYNC_BYTE)
        return FALSE;
    gsize at = find_payload(datagram, &length);
    return at > 0 && at < length && datagram[at] == SYNC_BYTE &&
           (datagram[1] & 0x7F) == PAYLOAD_TYPE_TS;
}

static void
deliver_held(IntakeRtp *rtp)
{
    GBytes **slot = &rtp->held[rtp->next % INTAKE_RTP_WINDOW_MAX];
    if (*slot == NULL) {
        rtp->figures.lost++;
    } else {
        gsize length = 0;
        const guint8 *bytes = g_bytes_get_data(*slot, &length);
        rtp->func(bytes, length, rtp->data);
        g_clear_pointer(slot, g_bytes_unref);
        rtp->count--;
    }
    rtp->next++;
}

static void
deliver_ready(IntakeRtp *rtp)
{
    while (rtp->count > 0 && rtp->held[rtp->next % INTAKE_RTP_WINDOW_MAX] != NULL)
        deliver_held(rtp);
}

void
intake_rtp_flush(IntakeRtp *rtp)
{
    while (rtp->count > 0)
        deliver_held(rtp);
}

static void
restart(IntakeRtp *rtp, guint16 number, guint32 sender)
{
    intake_rtp_flush(rtp);
    rtp->figures.restarts += rtp->started;
    rtp->started = TRUE;
    rtp->next = number;
    rtp->sender = sender;
    if (rtp->fec != NULL)
        intake_rtp_fec_reset(rtp->fec);
}

static void
hold(IntakeRtp *rtp, guint16 number, const guint8 *bytes, gsize length)
{
    GBytes **slot = &rtp->held[number % INTAKE_RTP_WINDOW_MAX];
    if (*slot != NULL) {
        rtp->figures.late++;
        return;
    }
    // Whether a later one is held already.
    for (guint16 ahead = 1; ahead < rtp->window && rtp->count > 0; ahead++) {
        guint16 other = (guint16)(number + ahead);
        gboolean inside = (guint16)(other - rtp->next) < rtp->window;
        if (inside && rtp->held[other % INTAKE_RTP_WINDOW_MAX] != NULL) {
            rtp->figures.reordered++;
            break;
        }
    }
    *slot = g_bytes_new(bytes, length);
    rtp->count++;
    deliver_ready(rtp);
}

void
intake_rtp_push(IntakeRtp *rtp, const guint8 *datagram, gsize length)
{
    gsize at = find_payload(datagram, &length);
    if (at == 0) {
        rtp->figures.refused++;
        return;
    }
    guint16 number = (guint16)(datagram[2] << 8 | datagram[3]);
    guint32 sender = (guint32)datagram[8] << 24 | (guint32)datagram[9] << 16 |
                     (guint32)datagram[10] << 8 | datagram[11];
    rtp->figures.packets++;
    if (!rtp->started || rtp->sender != sender)
        restart(rtp, number, sender);
    guint16 ahead = (guint16)(number - rtp->next), behind = (guint16)(rtp->next - number);
    if (ahead >= rtp->window && behind <= FAR) {
        rtp->figures.late++;
        return;
    }
    if (ahead >= FAR) { // no loss: the numbers begin anew
        restart(rtp, number, sender);
        ahead = 0;
    }
    for (; ahead >= rtp->window; ahead--)
        deliver_held(rtp);
    deliver_ready(rtp);
    hold(rtp, number, datagram + at, length - at);
    if (rtp->fec != NULL)
        intake_rtp_fec_note(rtp->fec, number, datagram + at, length - at);
}

/* Of no use once it was given up. */
static void
on_recovered(guint16 number, const guint8 *bytes, gsize length, gpointer data)
{
    IntakeRtp *rtp = data;
    guint16 ahead = (guint16)(number - rtp->next);
    if (!rtp->started || ahead >= rtp->window)
        return;
    rtp->figures.recovered++;
    hold(rtp, number, bytes, length);
}

void
intake_rtp_push_fec(IntakeRtp *rtp, const guint8 *datagram, gsize length)
{
    gsize at = find_payload(datagram, &length);
    if (at == 0)
        return;
    if (rtp->fec == NULL)
        rtp->fec = intake_rtp_fec_new(on_recovered, rtp);
    if (!intake_rtp_fec_push(rtp->fec, datagram + at, length - at))
        return;
    guint span = intake_rtp_fec_get_span(rtp->fec);
    rtp->window = CLAMP(2 * span, rtp->window, INTAKE_RTP_WINDOW_MAX);
}

IntakeRtpFigures
intake_rtp_get_figures(const IntakeRtp *rtp)
{
    return rtp->figures;
}
