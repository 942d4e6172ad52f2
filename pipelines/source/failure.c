// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The error domain of sources.
#include "pipelines/source/failure.h"

G_DEFINE_QUARK(source - failure, source_failure)
