// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The daorian-media executable: one transcode job in a child process, spoken to in JSON lines. Never
// run by hand.
#include <glib.h>

int
main(int argc, char **argv)
{
    g_printerr("daorian-media is started by daorian\n");
    return 64;
}
