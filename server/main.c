// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The daorian executable: parses options, builds the app, runs it.
#include <glib.h>

int
main(int argc, char **argv)
{
    g_print("daorian %s\n", DAORIAN_VERSION);
    return 0;
}
