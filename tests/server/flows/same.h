// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a published lesson is to a player, as text: two lessons that play alike give the same text,
// however often their encoding was broken off. Used by encode-test.c.
#pragma once

#include "tests/server/flows/bench.h"

/** Demuxes every rung file of the bundle: for each track the number of frames, where the first and
 * the last begin, the longest step between two, where pictures can be decoded from. Returns:
 * (transfer full): the text. */
char *same_describe(FlowsBench *bench);
