import ssh2 from "ssh2";

/** A key pair that can be used: one in two hundred that ssh2 makes cannot be read by ssh2 itself ("Malformed OpenSSH private key"). */
export function ed25519KeyPair(passphrase?: string): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync(
      "ed25519",
      passphrase === undefined ? {} : { passphrase, cipher: "aes256-ctr", rounds: 4 },
    );
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) {
      return pair;
    }
  }
}
