// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plugins that a machine lacks are passed over.
#include "pipelines/source/plugins.h"

#include <gst/gst.h>

static const char *const plugins[] = {
    "coreelements", "typefindfunctions",
    "playback",     "app",
    "audioconvert", "videoconvertscale",
    "audioparsers", "videoparsersbad",
    "isomp4",       "matroska",
    "avi",          "flv",
    "ogg",          "wavparse",
    "id3demux",     "apetag",
    "mpegtsdemux",  "mpegpsdemux",
    "libav",        "vpx",
    "opus",         "opusparse",
    "vorbis",       "theora",
    "flac",         "mpg123",
    "dav1d",        "aom",
    "alaw",         "mulaw",
};

gboolean
source_plugins_load(void)
{
    // An empty path and no registry: only what is loaded below exists.
    g_setenv("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
    g_setenv("GST_PLUGIN_PATH_1_0", "", TRUE);
    g_setenv("GST_REGISTRY_1_0", "/nonexistent/registry", TRUE);
    g_setenv("GST_REGISTRY_UPDATE", "no", TRUE);
    gst_registry_fork_set_enabled(FALSE);
    if (!gst_init_check(NULL, NULL, NULL))
        return FALSE;
    gst_debug_set_default_threshold(GST_LEVEL_NONE);
    for (guint i = 0; i < G_N_ELEMENTS(plugins); i++) {
        g_autofree char *path =
            g_strdup_printf("%s/libgst%s.so", GSTREAMER_PLUGINS_DIR, plugins[i]);
        GstPlugin *plugin = gst_plugin_load_file(path, NULL);
        g_clear_pointer(&plugin, gst_object_unref);
    }
    g_autoptr(GstElementFactory) decodebin = gst_element_factory_find("decodebin");
    g_autoptr(GstElementFactory) sink = gst_element_factory_find("appsink");
    return decodebin != NULL && sink != NULL;
}
