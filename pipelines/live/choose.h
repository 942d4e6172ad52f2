// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which of a service's streams are shown and heard. Pure.
#pragma once

#include "pipelines/child/live_track.h"
#include "pipelines/tables/service.h"

#define LIVE_CHOOSE_EXTRAS_MAX 7 // three voices, four texts

/** Returns: (transfer none) (nullable): the first picture that can be decoded. */
const TablesStream *live_choose_picture(const TablesService *service);

/** @language: ISO 639-2, may be empty. Returns: (transfer none) (nullable): the sound to be heard:
 * the wanted language before others, the programme's own before what is added for those who do not
 * see or hear well, the first of equals. */
const TablesStream *live_choose_sound(const TablesService *service, const char *language);

/** A stream beside picture and sound. */
typedef struct {
    ChildLiveTrack track; // (value)
    guint16 pid;          // (value)
    const char *codec;    // (static)
    guint page;           // (value) of teletext
} LiveChooseExtra;

/** The other sounds, and the text that can be read. @sound: (nullable): which one is heard.
 * Returns: how many of LIVE_CHOOSE_EXTRAS_MAX were set; no two have one name. */
guint live_choose_extras(const TablesService *service, const TablesStream *sound,
                         LiveChooseExtra *extras);

/** A track of bitmap subtitles. */
typedef struct {
    guint16 pid;       // (value) 0: there is none
    guint16 page;      // (value) composition page
    guint16 ancillary; // (value) page
} LiveChooseBitmap;

/** Returns: subtitles in @language; those for people who do not hear well only without others. */
LiveChooseBitmap live_choose_bitmap(const TablesService *service, const char *language);

/** Returns: whether @stream is of a codec that is decoded here. */
gboolean live_choose_is_known(const TablesStream *stream);
