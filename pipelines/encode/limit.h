// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A limiter for 48 kHz sound that sees peaks between samples and knows them in advance, so that it
// turns down smoothly before one comes. One or two channels together. Part of treat.c.
#pragma once

#include <glib.h>

#define ENCODE_LIMIT_DELAY 246 // samples by which what comes out is later

typedef struct _EncodeLimit EncodeLimit;

EncodeLimit *encode_limit_new(double ceiling_dbtp);
void encode_limit_free(EncodeLimit *limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeLimit, encode_limit_free)

/** In place. @right: (nullable): the second channel, always or never. */
void encode_limit_apply(EncodeLimit *limit, float *left, float *right, guint count);
