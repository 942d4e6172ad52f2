// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian tls`: a certificate authority of the box's own and a certificate from it, so that phones
// can keep lessons for offline use. Repeating it renews.
#pragma once

/** @argv: the verb and what follows. Returns: an exit code of sysexits.h. */
int verbs_tls_run(int argc, char **argv);
