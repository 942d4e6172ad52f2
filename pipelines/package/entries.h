// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sample entries: what a track's samples are, for its stsd box (ISO/IEC 14496-12 §12). Pure; used
// by init.c.
#pragma once

#include "pipelines/package/codec.h"

/** avc1 or av01. */
void package_entries_append_picture(GByteArray *out, const PackageTracks *tracks,
                                    PackageCodec *codec);

/** mp4a or Opus. */
void package_entries_append_sound(GByteArray *out, const PackageTracks *tracks);
