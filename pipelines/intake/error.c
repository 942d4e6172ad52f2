// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The error domain of tuners, nothing else.
#include "pipelines/intake/error.h"

G_DEFINE_QUARK(daorian - intake - error, intake_error)
