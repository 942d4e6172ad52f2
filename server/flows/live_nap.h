// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whether a channel rests: what is known of it is put to live_rest.h, and again when time alone may
// have changed the answer. Main context.
#pragma once

#include "server/flows/live_rest.h"

typedef struct _FlowsLiveNap FlowsLiveNap;

/** @on_due: told when it has to look again. Returns: (transfer full): awake. */
FlowsLiveNap *flows_live_nap_new(void (*on_due)(gpointer user_data), gpointer user_data);

/** Looks at @facts (but resting, which it knows). Returns: whether the channel rests from now on.
 */
gboolean flows_live_nap_look(FlowsLiveNap *nap, const FlowsLiveRestFacts *facts);

/** Returns: what the last look said. */
gboolean flows_live_nap_is_resting(const FlowsLiveNap *nap);

/** Looks no more. */
void flows_live_nap_free(FlowsLiveNap *nap);
