// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Walks the packets of a datagram by their lengths; nothing is read beyond what they say.
#include "pipelines/intake/satip_signal.h"

#include <math.h>
#include <string.h>

#define HEAD_BYTES 16   // to the end of the string's length
#define APPLICATION 204 // packet type
#define TEXT_BYTES_MAX 4096
#define FIELDS_MAX 24

static guint
read16(const guint8 *bytes)
{
    return (guint)bytes[0] << 8 | bytes[1];
}

static gboolean
read_number(const char *text, guint most, int *number)
{
    guint64 value = 0;
    if (!g_ascii_string_to_unsigned(text, 10, 0, most, &value, NULL))
        return FALSE;
    *number = (int)value;
    return TRUE;
}

/* @list: `feID,level,lock,quality,frequency,…` */
static gboolean
parse_tuner(const char *list, IntakeSignal *signal)
{
    IntakeSignal found = {.known = TRUE, .cn_db = NAN, .ber = NAN};
    g_auto(GStrv) fields = g_strsplit(list, ",", FIELDS_MAX);
    int lock = 0;
    if (g_strv_length(fields) < 4 || !read_number(fields[0], 65535, &found.frontend) ||
        !read_number(fields[1], 255, &found.level) || !read_number(fields[2], 1, &lock) ||
        !read_number(fields[3], 15, &found.quality))
        return FALSE;
    found.locked = lock == 1;
    if (fields[4] != NULL) {
        double frequency = g_ascii_strtod(fields[4], NULL);
        found.frequency_mhz = frequency > 0 && frequency < 100000 ? frequency : 0;
    }
    *signal = found;
    return TRUE;
}

gboolean
intake_satip_signal_parse_text(const char *text, IntakeSignal *signal)
{
    g_auto(GStrv) parts = g_strsplit(text, ";", FIELDS_MAX);
    if (parts[0] == NULL || !g_str_has_prefix(parts[0], "ver="))
        return FALSE;
    for (guint i = 1; parts[i] != NULL; i++)
        if (g_str_has_prefix(parts[i], "tuner="))
            return parse_tuner(parts[i] + strlen("tuner="), signal);
    return FALSE;
}

static gboolean
parse_packet(const guint8 *packet, gsize length, IntakeSignal *signal)
{
    if (packet[1] != APPLICATION || length < HEAD_BYTES || memcmp(packet + 8, "SES1", 4) != 0)
        return FALSE;
    gsize bytes = read16(packet + 14);
    if (bytes > length - HEAD_BYTES || bytes > TEXT_BYTES_MAX)
        return FALSE;
    g_autofree char *text = g_strndup((const char *)packet + HEAD_BYTES, bytes);
    return intake_satip_signal_parse_text(text, signal);
}

gboolean
intake_satip_signal_parse(const guint8 *datagram, gsize length, IntakeSignal *signal)
{
    while (length >= 8 && datagram[0] >> 6 == 2) {
        gsize whole = ((gsize)read16(datagram + 2) + 1) * 4;
        if (whole > length)
            return FALSE;
        if (parse_packet(datagram, whole, signal))
            return TRUE;
        datagram += whole;
        length -= whole;
    }
    return FALSE;
}
