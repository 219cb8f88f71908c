package pemfile

func textRows() []row {
	return []row{
		{format: Empty, clause: "it is empty"},
		same(ByteOrderMark, "it begins with a byte order mark, after which no PEM block is found",
			"save it as UTF-8 without a byte order mark, or: tail -c +4 FILE >NEW"),
		same(UTF16, "it is UTF-16 text, as PowerShell's > writes it", "iconv -f UTF-16 -t UTF-8 FILE >NEW"),
		same(HTML, "it is an HTML page",
			"download it again with curl --fail: the server sent a page, such as a sign-in form, instead of the file"),
		{
			format:       JSON,
			clause:       "it is JSON",
			certificates: "jq -r .certificate FILE >NEW, with the name of the field that contains the PEM text",
			key:          "jq -r .private_key FILE >NEW, with the name of the field that contains the PEM text",
			request:      "jq -r .csr FILE >NEW, with the name of the field that contains the PEM text",
		},
		same(KubernetesObject, "it is a Kubernetes object",
			`extract one value: kubectl get secret NAME -o jsonpath='{.data.ca\.crt}' | base64 -d >NEW`),
		same(Base64PEM, "it is base64-encoded PEM, as in a Secret", "base64 -d FILE >NEW"),
		{
			format:       Base64DER,
			clause:       "it is base64 without BEGIN and END lines",
			certificates: "openssl base64 -d -A -in FILE | openssl x509 -inform der -out NEW",
			key:          "openssl base64 -d -A -in FILE | openssl pkey -inform der -out NEW",
			request:      "openssl base64 -d -A -in FILE | openssl req -inform der -out NEW",
		},
		{format: SSHPublicKey, clause: "it is an SSH public key"},
		same(AgeCiphertext, "it is encrypted with age", "age --decrypt -o NEW FILE"),
		{
			format:       Keystore,
			clause:       "it is a Java keystore",
			certificates: "keytool -exportcert -rfc -keystore FILE -alias NAME -file NEW",
			key: "keytool -importkeystore -srckeystore FILE -destkeystore KEYS.p12 -deststoretype pkcs12, then: " +
				"openssl pkcs12 -in KEYS.p12 -nocerts -nodes -out NEW",
		},
		same(Archive, "it is an archive", "unpack it, and use the file in it"),
		same(Binary, "it is binary", "get it in PEM format, which is text"),
	}
}

func binaryRows() []row {
	const key = "openssl pkey -inform der -in FILE -out NEW"
	return []row{
		{
			format:       CertificateDER,
			clause:       "it is a certificate as DER (.der, .cer)",
			certificates: "openssl x509 -inform der -in FILE -out NEW",
		},
		{
			format:  RequestDER,
			clause:  "it is a certificate request as DER",
			request: "openssl req -inform der -in FILE -out NEW",
		},
		{format: KeyDER, clause: "it is a private key as DER", key: key},
		{format: EncryptedKeyDER, clause: "it is an encrypted private key as DER", key: key},
		{format: PublicKeyDER, clause: "it is a public key as DER"},
		{format: RevocationDER, clause: "it is a revocation list as DER (.crl)"},
		{
			format:       PKCS7DER,
			clause:       "it is PKCS#7 as DER (.p7b)",
			certificates: "openssl pkcs7 -inform der -print_certs -in FILE -out NEW",
		},
		{
			format:       PKCS12,
			clause:       "it is a PKCS#12 archive (.p12, .pfx)",
			certificates: "openssl pkcs12 -in FILE -nokeys -out NEW",
			key:          "openssl pkcs12 -in FILE -nocerts -nodes -out NEW",
		},
	}
}

func blockRows() []row {
	const pkcs7 = "openssl pkcs7 -print_certs -in FILE -out NEW"
	const known = "remove the private key; if the file was shared, replace the key"
	return []row{
		{format: CertificatePEM, clause: "it is a certificate"},
		{
			format: TrustedPEM,
			clause: "it has a certificate in a PEM block whose type is not CERTIFICATE, which Go programs such as " +
				"istiod ignore",
			certificates: "openssl x509 -in FILE -out NEW",
		},
		{
			format:       RequestPEM,
			clause:       "it is a certificate request, which a CA has not signed yet",
			certificates: "send it to the CA, and use the certificates that it issues",
		},
		{format: KeyPEM, clause: "it contains a private key", certificates: known, request: known},
		{
			format: EncryptedKeyPEM,
			clause: "the private key is encrypted, which istiod cannot read",
			key:    "openssl pkey -in FILE -out NEW",
		},
		{
			format: OpenSSHKeyPEM,
			clause: "it is a private key in OpenSSH format",
			key:    "ssh-keygen -p -m PKCS8 -f FILE",
		},
		{format: PublicKeyPEM, clause: "it is a public key"},
		{format: RevocationPEM, clause: "it contains a revocation list"},
		{format: PKCS7PEM, clause: "it is PKCS#7 (.p7b, .p7c)", certificates: pkcs7},
		{format: PGP, clause: "it is an OpenPGP file"},
		{format: OtherPEM, clause: "it has PEM blocks of another type"},
		{format: parameters, clause: "it contains key parameters"},
		{format: TooMany, clause: "it has more than 1000 PEM blocks"},
	}
}

func damageRows() []row {
	return []row{
		same(EscapedLines, `it has \n instead of line breaks`, `printf '%b\n' "$(cat FILE)" >NEW`),
		same(Indented, "its PEM blocks are indented, and readers ignore such blocks", "sed 's/^[[:space:]]*//' FILE >NEW"),
		same(SharedLine,
			"a PEM block begins in the middle of a line, and readers ignore such a block", "begin each block on a new line"),
		same(Truncated, "its last PEM block is truncated", "copy the whole file again"),
		same(Damaged, "a PEM block in it is damaged", "copy the file again"),
	}
}
