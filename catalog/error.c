// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The quark of the catalogue's error domain.
#include "catalog/error.h"

G_DEFINE_QUARK(catalog - error - quark, catalog_error)
