// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// GStreamer's decoded buffers as AVFrames. Pure conversion; any thread.
#pragma once

#include <gst/gst.h>

struct AVFrame;

/** Caps that source_samples_to_picture() understands, for an appsink. */
#define SOURCE_SAMPLES_PICTURE_CAPS                                                                \
    "video/x-raw,format={I420,Y42B,Y444,NV12,I420_10LE,I422_10LE,Y444_10LE,P010_10LE,GRAY8,RGB,"   \
    "BGRA,RGBA}"
#define SOURCE_SAMPLES_SOUND_CAPS "audio/x-raw,format=F32LE,layout=interleaved"

/** Copies a picture, its colours and interlacing into the blank @frame; pts is left alone. */
gboolean source_samples_to_picture(GstSample *sample, struct AVFrame *frame);

/** Copies sound into the blank @frame; pts is left alone. */
gboolean source_samples_to_sound(GstSample *sample, struct AVFrame *frame);

/** Stream time of the start of @sample in microseconds; G_MININT64 when it has none. */
gint64 source_samples_get_time_us(GstSample *sample);
