// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The last packets by number, and the correcting packets that are not of use yet. A packet made
// anew may be the last that another row or column waits for.
#include "pipelines/intake/rtp_fec.h"

#define HEADER_BYTES 16
#define PAYLOAD_MAX 1500
#define KEPT 1024 // packets; more than two matrices
#define WAITING_MAX 128
#define FLAG_EXTENSION 0x80 // E: the header that is used

typedef struct {
    guint16 number; // (value)
    GBytes *bytes;  // (owned) (nullable)
} Packet;

typedef struct {
    guint16 base;   // (value) number of the first it protects
    guint offset;   // (value) between two of them
    guint count;    // (value) of them
    guint16 length; // (value) exclusive or of all lengths
    GBytes *bytes;  // (owned) exclusive or of all payloads
} Check;

struct _IntakeRtpFec {
    IntakeRtpFecFunc func; // (unowned)
    gpointer data;         // (unowned) for func
    Packet packets[KEPT];  // (value) by number modulo KEPT
    guint16 newest;        // (value) number
    GQueue waiting;        // (value) (element-type Check)
    guint span;            // (value)
};

static void
free_check(Check *check)
{
    g_bytes_unref(check->bytes);
    g_free(check);
}

IntakeRtpFec *
intake_rtp_fec_new(IntakeRtpFecFunc func, gpointer data)
{
    IntakeRtpFec *fec = g_new0(IntakeRtpFec, 1);
    fec->func = func;
    fec->data = data;
    g_queue_init(&fec->waiting);
    return fec;
}

void
intake_rtp_fec_reset(IntakeRtpFec *fec)
{
    for (guint i = 0; i < KEPT; i++)
        g_clear_pointer(&fec->packets[i].bytes, g_bytes_unref);
    g_queue_clear_full(&fec->waiting, (GDestroyNotify)free_check);
}

void
intake_rtp_fec_free(IntakeRtpFec *fec)
{
    intake_rtp_fec_reset(fec);
    g_free(fec);
}

/* Returns: (transfer none) (nullable). */
static GBytes *
find(const IntakeRtpFec *fec, guint16 number)
{
    const Packet *packet = &fec->packets[number % KEPT];
    return packet->bytes != NULL && packet->number == number ? packet->bytes : NULL;
}

static void
keep(IntakeRtpFec *fec, guint16 number, GBytes *bytes)
{
    Packet *packet = &fec->packets[number % KEPT];
    g_clear_pointer(&packet->bytes, g_bytes_unref);
    packet->number = number;
    packet->bytes = bytes;
}

/* Returns: how many of @check are missing; @missing (out): one of them. */
static guint
count_missing(const IntakeRtpFec *fec, const Check *check, guint16 *missing)
{
    guint count = 0;
    for (guint i = 0; i < check->count; i++) {
        guint16 number = (guint16)(check->base + i * check->offset);
        if (find(fec, number) != NULL)
            continue;
        *missing = number;
        count++;
    }
    return count;
}

/* Returns: FALSE when the sums make no sense: the sender's fault. */
static gboolean
restore(IntakeRtpFec *fec, const Check *check, guint16 missing)
{
    gsize size = 0;
    guint16 length = check->length;
    const guint8 *sum = g_bytes_get_data(check->bytes, &size);
    g_autofree guint8 *bytes = g_memdup2(sum, size);
    for (guint i = 0; i < check->count; i++) {
        guint16 number = (guint16)(check->base + i * check->offset);
        gsize other_size = 0;
        if (number == missing)
            continue;
        const guint8 *other = g_bytes_get_data(find(fec, number), &other_size);
        length ^= (guint16)other_size;
        for (gsize j = 0; j < MIN(size, other_size); j++)
            bytes[j] ^= other[j];
    }
    if (length == 0 || length > size)
        return FALSE;
    keep(fec, missing, g_bytes_new(bytes, length));
    fec->func(missing, bytes, length, fec->data);
    return TRUE;
}

/* Returns: whether a packet was made anew. */
static gboolean
use_one(IntakeRtpFec *fec)
{
    GList *next = NULL;
    for (GList *link = fec->waiting.head; link != NULL; link = next) {
        Check *check = link->data;
        guint16 missing = 0;
        guint count = count_missing(fec, check, &missing);
        guint16 behind = (guint16)(fec->newest - check->base);
        next = link->next;
        if (count > 1 && (behind < KEPT || behind > G_MAXUINT16 / 2))
            continue;
        gboolean made = count == 1 && behind < KEPT && restore(fec, check, missing);
        g_queue_delete_link(&fec->waiting, link);
        free_check(check);
        if (made)
            return TRUE;
    }
    return FALSE;
}

static void
use_all(IntakeRtpFec *fec)
{
    while (use_one(fec))
        ;
}

void
intake_rtp_fec_note(IntakeRtpFec *fec, guint16 number, const guint8 *bytes, gsize length)
{
    if (length == 0 || length > PAYLOAD_MAX || find(fec, number) != NULL)
        return;
    keep(fec, number, g_bytes_new(bytes, length));
    if ((guint16)(number - fec->newest) < G_MAXUINT16 / 2)
        fec->newest = number;
    use_all(fec);
}

gboolean
intake_rtp_fec_push(IntakeRtpFec *fec, const guint8 *bytes, gsize length)
{
    if (length <= HEADER_BYTES || length > HEADER_BYTES + PAYLOAD_MAX ||
        (bytes[4] & FLAG_EXTENSION) == 0)
        return FALSE;
    guint offset = bytes[13], count = bytes[14];
    if (offset == 0 || count == 0 || offset * count > INTAKE_RTP_FEC_SPAN_MAX)
        return FALSE;
    Check *check = g_new0(Check, 1);
    check->base = (guint16)(bytes[0] << 8 | bytes[1]);
    check->length = (guint16)(bytes[2] << 8 | bytes[3]);
    check->offset = offset;
    check->count = count;
    check->bytes = g_bytes_new(bytes + HEADER_BYTES, length - HEADER_BYTES);
    fec->span = MAX(fec->span, offset * count);
    g_queue_push_tail(&fec->waiting, check);
    if (fec->waiting.length > WAITING_MAX)
        free_check(g_queue_pop_head(&fec->waiting));
    use_all(fec);
    return TRUE;
}

guint
intake_rtp_fec_get_span(const IntakeRtpFec *fec)
{
    return fec->span;
}
