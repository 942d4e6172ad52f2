// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes subtitle pages of teletext as DVB carries them (ETSI EN 300 706, EN 300 472), for tests.
#pragma once

#include <glib.h>

typedef enum {
    TELETEXT_ENGLISH = 0,
    TELETEXT_GERMAN = 1,
    TELETEXT_SWEDISH = 2,
    TELETEXT_FRENCH = 4,
} TeletextNational;

typedef struct {
    guint magazine;            // (value) 1 to 8
    guint page;                // (value) two digits, BCD
    TeletextNational national; // (value) what some letters of ASCII stand for
    const char *text;          // (static) lines of at most 36 letters; empty: the screen is cleared
} TeletextPage;

/** Returns: (transfer full): the data of one PES packet: the page, whole, and what ends it. */
GByteArray *teletext_make_packet(const TeletextPage *page);
