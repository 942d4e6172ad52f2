// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes pages of DVB bitmap subtitles (ETSI EN 300 743) for tests: one region with a bar of one
// colour in a transparent margin. Has nothing in common with the code under test.
#pragma once

#include <glib.h>

#define DVBSUB_BAR_WIDTH 560 // dots
#define DVBSUB_MARGIN 20     // dots around the bar, of the region

typedef struct {
    guint16 page;         // (value) composition page id
    guint8 version;       // (value) 0 to 15: another one for each page
    guint8 timeout_s;     // (value)
    guint display_width;  // (value) 0: no display definition, 720 by 576
    guint display_height; // (value)
    guint x;              // (value) of the bar
    guint y;              // (value) of the bar
    guint lines;          // (value) of the bar, even; 0: the page is empty
    guint8 luma;          // (value) 16 to 235
    guint8 blue;          // (value) Cb
    guint8 red;           // (value) Cr
    guint8 transparency;  // (value) 0: solid
} DvbsubPage;

/** Returns: (transfer full): the data of one PES packet with the whole page. */
GByteArray *dvbsub_make_packet(const DvbsubPage *page);
