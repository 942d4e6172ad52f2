// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Black bars around a picture: rows and columns that are never lit while what lies inside them is.
// One thread.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/source/info.h"

struct AVFrame;
typedef struct _AnalyseBars AnalyseBars;

AnalyseBars *analyse_bars_new(void);
void analyse_bars_free(AnalyseBars *bars);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseBars, analyse_bars_free)

/** @plain: 8-bit luma, as decoded. Frames of another size than the first are passed over. */
void analyse_bars_add(AnalyseBars *bars, const struct AVFrame *plain);

/** What is left of the shown picture without its bars, even numbers; the whole when there are none
 * or nothing was ever lit. */
AnalyseResultRect analyse_bars_get_crop(const AnalyseBars *bars, const SourceInfo *info);
