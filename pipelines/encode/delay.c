// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The last blocks lie one behind another; what is due begins so many samples before the newest.
#include "pipelines/encode/delay.h"

#include <string.h>

const float *
encode_delay_apply(EncodeDelay *delay, const float *now)
{
    float *past = delay->past;
    if (delay->samples == 0)
        return now;
    memmove(past, past + ENCODE_AAC_BLOCK, ENCODE_DELAY_SAMPLES * sizeof(float));
    memcpy(past + ENCODE_DELAY_SAMPLES, now, ENCODE_AAC_BLOCK * sizeof(float));
    return past + ENCODE_DELAY_SAMPLES - delay->samples;
}
