// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A multiplex as a Thai head-end sends it: television in MPEG-2 with MP2 and teletext, television
// in H.264 with AAC and DVB subtitles, radio, and an encrypted channel; tables at their usual rates
// with a week's guide in three ways of writing Thai. What fills the streams is given by whoever
// asks, else noise.
#pragma once

#include "tests/support/psi.h"
#include "tests/support/transport.h"

#define THAI_TRANSPORT_ID 0x0101
#define THAI_NETWORK_ID 0x22FC
#define THAI_NETWORK_NAME "เครือข่ายดาวเรียน"
#define THAI_SERVICES 4
#define THAI_NIT_PID 0x0010
#define THAI_SDT_PID 0x0011
#define THAI_EIT_PID 0x0012
#define THAI_TDT_PID 0x0014

typedef struct {
    guint16 service_id; // (value)
    guint8 type;        // (value) service_type
    guint16 pmt_pid;    // (value)
    guint16 video_pid;  // (value) 0: none
    guint16 audio_pid;  // (value) the second language follows it
    guint16 text_pid;   // (value) teletext or subtitles, 0: none
    const char *name;   // (static)
    PsiText way;        // (value) of its names and guide
    gboolean encrypted; // (value)
    guint channel;      // (value) logical channel number
} ThaiService;

/** Returns: (transfer full) (nullable): the access unit of @pid that is shown at @ms, if one begins
 * there. */
typedef GByteArray *(*ThaiUnitFunc)(guint16 pid, gint64 ms, gpointer data);

typedef struct {
    guint64 bits_per_second; // (value)
    guint64 first_pcr27m;    // (value) near 2^33 × 300 the clock wraps
    gint64 start_ms;         // (value) Unix time of the first packet
    gint64 change_ms;        // (value) when service 102 gets another PMT, 0: never
    gboolean described;      // (value) second sounds are Thai, and tell what is seen
    ThaiUnitFunc unit;       // (nullable) asked each 40 ms for each stream
    gpointer data;           // (unowned) for unit
} ThaiOptions;

typedef struct _Thai Thai;

/** Returns: (transfer full). */
Thai *thai_new(const ThaiOptions *options);
void thai_free(Thai *thai);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Thai, thai_free)

/** Appends the next @ms (a multiple of 40) of the stream to @out. */
void thai_run(Thai *thai, guint ms, GByteArray *out);

/** Returns: (transfer none): for whoever wants to queue more. */
Transport *thai_get_transport(Thai *thai);

/** Returns: (transfer none): service @index of THAI_SERVICES. */
const ThaiService *thai_get_service(guint index);

/** Returns: (transfer full): tables as they are sent, for tests of their parsers. */
GByteArray *thai_make_pat(guint8 version);
GByteArray *thai_make_pmt(const ThaiService *service, guint8 version);
GByteArray *thai_make_sdt(guint8 version);
GByteArray *thai_make_nit(void);
