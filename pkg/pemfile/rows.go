package pemfile

func textRows() []row {
	return []row{
		{format: Empty, clause: "it is empty"},
		same(ByteOrderMark, "it begins with a byte order mark, behind which no PEM block is found",
			"save it as UTF-8 without a byte order mark, or: tail -c +4 FILE >NEW"),
		same(UTF16, "it is UTF-16 text, as PowerShell's > writes it", "iconv -f UTF-16 -t UTF-8 FILE >NEW"),
		same(HTML, "it is an HTML page", "download it again with curl --fail: a server sends pages like a sign-in form in place of a file"),
		{JSON, "it is JSON", "jq -r .certificate FILE >NEW, with the name of the field that holds the PEM text",
			"jq -r .private_key FILE >NEW, with the name of the field that holds the PEM text",
			"jq -r .csr FILE >NEW, with the name of the field that holds the PEM text"},
		same(KubernetesObject, "it is a Kubernetes object", `take one value out of it: kubectl get secret NAME -o jsonpath='{.data.ca\.crt}' | base64 -d >NEW`),
		same(Base64PEM, "it is base64 of PEM, as a Secret holds it", "base64 -d FILE >NEW"),
		{Base64DER, "it is base64 without BEGIN and END lines", "openssl base64 -d -A -in FILE | openssl x509 -inform der -out NEW",
			"openssl base64 -d -A -in FILE | openssl pkey -inform der -out NEW", "openssl base64 -d -A -in FILE | openssl req -inform der -out NEW"},
		{format: SSHPublicKey, clause: "it is a public key of SSH"},
		same(AgeCiphertext, "it is encrypted with age", "age --decrypt -o NEW FILE"),
		{Keystore, "it is a Java keystore", "keytool -exportcert -rfc -keystore FILE -alias NAME -file NEW",
			"keytool -importkeystore -srckeystore FILE -destkeystore KEYS.p12 -deststoretype pkcs12, then: openssl pkcs12 -in KEYS.p12 -nocerts -nodes -out NEW", ""},
		same(Archive, "it is an archive", "unpack it, and use the file in it"),
		same(Binary, "it is binary", "ask for it as PEM, which is text"),
	}
}

func binaryRows() []row {
	const key = "openssl pkey -inform der -in FILE -out NEW"
	return []row{
		{CertificateDER, "it is a certificate as DER (.der, .cer)", "openssl x509 -inform der -in FILE -out NEW", "", ""},
		{RequestDER, "it is a certificate request as DER", "", "", "openssl req -inform der -in FILE -out NEW"},
		{KeyDER, "it is a private key as DER", "", key, ""},
		{EncryptedKeyDER, "it is an encrypted private key as DER", "", key, ""},
		{format: PublicKeyDER, clause: "it is a public key as DER"},
		{format: RevocationDER, clause: "it is a revocation list as DER (.crl)"},
		{PKCS7DER, "it is PKCS#7 as DER (.p7b)", "openssl pkcs7 -inform der -print_certs -in FILE -out NEW", "", ""},
		{PKCS12, "it is a PKCS#12 archive (.p12, .pfx)", "openssl pkcs12 -in FILE -nokeys -out NEW", "openssl pkcs12 -in FILE -nocerts -nodes -out NEW", ""},
	}
}

func blockRows() []row {
	const pkcs7 = "openssl pkcs7 -print_certs -in FILE -out NEW"
	const known = "take the private key out of it; if the file was shared, replace that key"
	return []row{
		{format: CertificatePEM, clause: "it is a certificate"},
		{TrustedPEM, "it has a certificate in a PEM block of another type than CERTIFICATE, which Go programs such as istiod pass over", "openssl x509 -in FILE -out NEW", "", ""},
		{RequestPEM, "it is a certificate request, which an authority has yet to sign", "send it to the authority, and use the certificates that come back", "", ""},
		{KeyPEM, "there is a private key in it", known, "", known},
		{EncryptedKeyPEM, "the private key is encrypted, which istiod cannot read", "", "openssl pkey -in FILE -out NEW", ""},
		{OpenSSHKeyPEM, "it is a private key in the form of OpenSSH", "", "ssh-keygen -p -m PKCS8 -f FILE", ""},
		{format: PublicKeyPEM, clause: "it is a public key"},
		{format: RevocationPEM, clause: "there is a revocation list in it"},
		{PKCS7PEM, "it is PKCS#7 (.p7b, .p7c)", pkcs7, "", ""},
		{format: PGP, clause: "it is a file of OpenPGP"},
		{format: OtherPEM, clause: "it has PEM blocks of another type"},
		{format: parameters, clause: "it has the parameters of a key"},
		{format: TooMany, clause: "it has more than 1000 PEM blocks"},
	}
}

func damageRows() []row {
	return []row{
		same(EscapedLines, `it has \n written out in place of line breaks`, `printf '%b\n' "$(cat FILE)" >NEW`),
		same(Indented, "its PEM blocks are indented, and a reader passes over such blocks", "sed 's/^[[:space:]]*//' FILE >NEW"),
		same(SharedLine, "a PEM block begins in the middle of a line, and a reader passes over such a block", "begin each block on a line of its own"),
		same(CutOff, "its last PEM block is cut off", "copy the whole file again"),
		same(Damaged, "a PEM block in it is damaged", "copy the file again"),
	}
}
