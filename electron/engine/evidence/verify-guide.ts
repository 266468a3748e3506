/** VERIFY.txt: how a stranger checks the package with public tools; every command runs in the package's folder. */
export function renderVerifyGuide(facts: { packageId: string; keyId: string; origin: string }): string {
  return `证据包 ${facts.packageId} 的核验方法
How to verify evidence package ${facts.packageId}

在解压后的本目录中依次执行；只需 sha256sum、openssl（1.1.1 以上）与 python3。
Run these in this folder after unpacking; only sha256sum, openssl (1.1.1 or newer) and python3 are needed.

1. 每个文件与清单一致 / every file matches the manifest
   sha256sum --strict -c manifest-sha256.txt
   sha256sum --strict -c tagmanifest-sha256.txt

2. 没有多出的文件（应无输出）/ no file was added (must print nothing)
   find data -type f | LC_ALL=C sort > /tmp/found.txt
   cut -c67- manifest-sha256.txt | LC_ALL=C sort | diff - /tmp/found.txt

3. 清单由本工作站签名 / the manifest was signed by the workstation
   openssl pkeyutl -verify -pubin -inkey proof/public-key.pem -rawin -in tagmanifest-sha256.txt -sigfile proof/signature.ed25519

4. 公钥指纹应与导出单位公布的一致 / the key's fingerprint must be the one the issuing office publishes
   openssl pkey -pubin -in proof/public-key.pem -outform DER | sha256sum
   ${facts.keyId}

5. 日志检查点由同一密钥签名 / the log checkpoint was signed by the same key
   head -n 3 proof/log-checkpoint.txt > /tmp/checkpoint-body.txt
   tail -n 1 proof/log-checkpoint.txt | cut -d' ' -f3 | base64 -d | tail -c 64 > /tmp/checkpoint-signature.bin
   openssl pkeyutl -verify -pubin -inkey proof/public-key.pem -rawin -in /tmp/checkpoint-body.txt -sigfile /tmp/checkpoint-signature.bin

6. 每个原始分片与本包清单都在日志中（RFC 6962）/ every segment and this manifest are in the log (RFC 6962)
   sed -n '/^#BEGIN/,/^#END/p' VERIFY.txt > /tmp/check-log.py && python3 /tmp/check-log.py

#BEGIN
import base64, hashlib, json
sha = lambda b: hashlib.sha256(b).digest()
def root_of(leaf, index, size, proof):
    h, f, s = sha(b"\\0" + leaf), index, size - 1
    for p in map(bytes.fromhex, proof):
        assert s > 0, "proof too long"
        if f % 2 or f == s:
            h = sha(b"\\1" + p + h)
            while f and not f % 2: f //= 2; s //= 2
        else:
            h = sha(b"\\1" + h + p)
        f //= 2; s //= 2
    assert s == 0, "proof too short"
    return h
file_sha = lambda name: hashlib.sha256(open(name, "rb").read()).hexdigest()
lines = open("proof/log-checkpoint.txt", encoding="utf-8").read().split("\\n")
size, root = int(lines[1]), base64.b64decode(lines[2])
inclusion = json.load(open("proof/inclusion.json", encoding="utf-8"))
for item in [inclusion["package"]] + inclusion["segments"]:
    assert root_of(item["leaf"].encode(), item["index"], size, item["proof"]) == root, item["file"]
    assert json.loads(item["leaf"])["sha256"] == file_sha(item["file"]), item["file"]
print("log ok:", len(inclusion["segments"]), "segments and the manifest, tree of", size)
#END

尚缺的部分（时间戳、CMS、SM2、书面报告）及原因见 proof/pending.json。
What is not part of this package yet (timestamp, CMS, SM2, written report), and why: proof/pending.json.
日志 / log: ${facts.origin}
`;
}
