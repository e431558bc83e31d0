// SPDX-License-Identifier: GPL-3.0-or-later

// Builds the image without a container engine: buildah in chroots, its store in a folder of its
// own, on a base that is made here. Guards that nothing of it outlives the folder.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT, succeed } from "../../test/languages/command.mjs";

const MAKE_BASE = fileURLToPath(new URL("make-base.sh", import.meta.url));
const BASE = "localhost/inet256-base";
const IMAGE = "localhost/inet256:local";
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const CERTIFICATES = "/usr/local/share/ca-certificates/machine.crt";

/** A store below the folder. */
export function createBuilder(folder) {
  const store = ["--root", join(folder, "store"), "--runroot", join(folder, "run")];
  const buildah = async (...words) => {
    const { stdout } = await succeed("buildah", [...store, "--storage-driver", "vfs", ...words]);
    return stdout.trim();
  };
  const mounted = [];

  return {
    /** Makes the base image: Debian and Node. */
    async makeBase() {
      const root = join(folder, "base");
      await succeed(MAKE_BASE, [root]);
      const container = await buildah("from", "scratch");
      await buildah("copy", "--quiet", container, root, "/");
      const own = process.env.NODE_EXTRA_CA_CERTS === undefined ? [] : [CERTIFICATES];
      const env = [`PATH=${PATH}`, ...own.map((path) => `NODE_EXTRA_CA_CERTS=${path}`)];
      await buildah("config", ...env.flatMap((line) => ["--env", line]), container);
      await buildah("commit", "--quiet", container, BASE);
      await buildah("rm", container);
      await rm(root, { recursive: true });
    },

    /** Builds the Dockerfile on that base. */
    async build() {
      await buildah(
        ...["build", "--isolation", "chroot", "--format", "docker"],
        ...["--build-arg", `BASE=${BASE}`, "--tag", IMAGE, ROOT],
      );
    },

    /** What the image says of itself: Cmd, Env, User, Healthcheck, StopSignal, Volumes. */
    async settings() {
      const text = await buildah("inspect", "--type", "image", IMAGE);
      return JSON.parse(text).Docker.config;
    },

    /** The folder with the image's root, to run containers on. */
    async mount() {
      const container = await buildah("from", IMAGE);
      mounted.push(container);
      return await buildah("mount", container);
    },

    async end() {
      for (const container of mounted) {
        await buildah("umount", container);
        await buildah("rm", container);
      }
    },
  };
}
