// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any `dvb:` address: what is accepted can be tuned, and every command fits its bytes.
#include "pipelines/intake/dvb_diseqc.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    IntakeDvbTuning tuning;
    g_autofree char *text = g_strndup((const char *)data, size);
    if (!intake_dvb_tuning_parse(text, &tuning, NULL))
        return 0;
    g_autoptr(GArray) properties = intake_dvb_tuning_list_properties(&tuning);
    g_autoptr(GArray) steps = intake_dvb_diseqc_list_steps(&tuning);
    g_assert_cmpuint(properties->len, <=, 64); // DTV_IOCTL_MAX_MSGS
    for (guint i = 0; i < steps->len; i++) {
        const IntakeDvbDiseqcStep *step = &g_array_index(steps, IntakeDvbDiseqcStep, i);
        g_assert_cmpuint(step->length, <=, sizeof step->bytes);
    }
    if (intake_dvb_tuning_is_satellite(&tuning))
        g_assert_cmpuint(intake_dvb_diseqc_get_frontend_khz(&tuning), <=, 2400000);
    return 0;
}
