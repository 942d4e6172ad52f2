// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes small recordings with captions inside, with libavcodec and libavformat.
#pragma once

#include <glib.h>

#define RECORDING_FPS 25

typedef struct {
    const char *codec;    // (static) of libavcodec: subrip, ass, webvtt, mov_text, dvb_teletext
    const char *language; // (static) (nullable) as the container says
    const char *texts[4]; // (static) the bytes of its packets, at seconds 1, 2, 3…, each 0.5 s long
    guint page;           // (value) of teletext, magazine and two digits: 0x801; 0: none
} RecordingTrack;

typedef struct {
    const char *format;           // (static) of libavformat
    gint64 offset_ms;             // (value) where the file's clock starts
    guint seconds;                // (value)
    const RecordingTrack *tracks; // (static) ends with an empty one; (nullable)
    const char *closed;           // (static) (nullable) EIA-608: lines with | between them
    const char *service;          // (static) (nullable) CEA-708: the same, at most 20 letters each
} RecordingOptions;

void recording_make(const char *path, const RecordingOptions *options);
