// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How good a rung's picture is: what its finished file shows at the times of the samples, held
// against them. Costs less than a hundredth of the encoding and a bounded number of pictures.
// Trouble in it means not measured, never a failure. One thread.
#pragma once

#include "pipelines/encode/samples.h"

typedef struct _EncodeMeasure EncodeMeasure;

/** @path: a finished rung. Returns: (transfer full): never NULL. */
EncodeMeasure *encode_measure_new(const char *path, EncodeSamples *samples);
void encode_measure_free(EncodeMeasure *measure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeMeasure, encode_measure_free)

/** Returns: the mean SSIM of luma against the samples at the rung's size; 0: nothing was measured.
 */
double encode_measure_get_ssim(const EncodeMeasure *measure);

/** The same for what @lower shows, enlarged to the size of @measure. Returns: 0: not measured. */
double encode_measure_compare(const EncodeMeasure *measure, const EncodeMeasure *lower);
