// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A recorded lecture that a test makes up from scenes, and the truth about it: when each slide
// appears, and which ones only add to the one before.
#pragma once

#include <glib.h>

typedef enum {
    LECTURE_SLIDE,  // another slide
    LECTURE_BUILD,  // the same slide with a line more
    LECTURE_CAMERA, // a camera's picture
    LECTURE_BLACK,  // nothing
} LectureKind;

typedef struct {
    LectureKind kind; // (value)
    int ms;           // (value) how long
    int fade_ms;      // (value) of it a fade from the scene before
} LectureScene;

typedef struct {
    const LectureScene *scenes; // (static)
    guint count;                // (value) of scenes
    const char *encoder;        // (static) of libavcodec
    int width;                  // (value)
    int height;                 // (value)
    int rate_numerator;         // (value)
    int rate_denominator;       // (value)
    int gop;                    // (value) pictures from key to key
    gboolean inset;             // (value) a talking head beside the slides
    gboolean pointer;           // (value) a mouse pointer on the slides
    gboolean bars;              // (value) black above and below
    gboolean fields;            // (value) two fields a picture, taken at different times
    gboolean flagged;           // (value) and the file says so
    int turn_degrees;           // (value) clockwise, to be shown
    gboolean spoken;            // (value) with sound: a beep of 100 ms at each second, as PCM
} Lecture;

typedef struct {
    gint64 start_ms;  // (value)
    gint64 end_ms;    // (value)
    LectureKind kind; // (value)
} LectureTruth;

/** 640 × 360 at 25 pictures a second, H.264, a key picture every ten seconds. */
Lecture lecture_usual(const LectureScene *scenes, guint count);

/** Writes @path; its ending chooses the container. */
void lecture_write(const Lecture *lecture, const char *path);

/** Returns: (transfer full) (element-type LectureTruth): all but black ones. */
GArray *lecture_get_truth(const Lecture *lecture);
